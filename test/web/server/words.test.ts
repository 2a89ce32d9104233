import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { saying, type Charset } from '../../gateways/samples/mutation.ts';
import { CALLERS, samplesOf, type Caller } from '../../gateways/samples/sample.ts';
import { ORDINARY, SILENCING } from '../../gateways/words.ts';
import { inboundServed } from '../public/inbound-served.ts';
import { tellCall } from '../public/operator-call.ts';

const { api, database, origin, tenantId } = await inboundServed();

/** As an operator may write a call: a form of UTF-16 nobody has ever seen. */
const CHARSETS: readonly Charset[] = ['utf8', 'latin1', 'utf16le'];

let people = 0;
const somebody = (): string => {
  people += 1;
  return `3363997${String(people).padStart(4, '0')}`;
};

/** The published replies of an operator, each in every charset of its wire. */
const wiresOf = (caller: Caller) =>
  samplesOf(caller)
    .filter(({ name }) => name.includes('reply'))
    .flatMap(({ name, call }) => {
      const isJson = call.contentType.includes('json');
      return CHARSETS.filter((charset) => isJson || charset !== 'utf16le').map(
        (charset) => [`${name} in ${charset}`, call, charset] as const,
      );
    });

const barred = () =>
  database.withTenant(tenantId, async (tx) => {
    const keys = await api.vault.tenant(tx);
    const rows = await tx.rows(
      sql<{
        phone: string;
      }>`SELECT encode(phone_index, 'hex') AS phone FROM suppression WHERE lifted_at IS NULL`,
    );
    const found = new Set(rows.map(({ phone }) => phone));
    return (number: string) => found.has(keys.phoneIndex(`+${number}`).toString('hex'));
  });

/** What can be written in a charset at all. */
const isWritable = (words: string, charset: Charset): boolean =>
  charset !== 'latin1' || Buffer.from(words, 'latin1').toString('latin1') === words;

describe.each(CALLERS)('words that %s brings', (caller) => {
  it.each(wiresOf(caller))('by %s suppress whoever says STOP only', async (_wire, call, charset) => {
    for (const [texts, isBarred] of [
      [SILENCING, true],
      [ORDINARY, false],
    ] as const) {
      const spoke: string[] = [];
      for (const words of texts.filter((one) => isWritable(one, charset))) {
        const number = somebody();
        expect([202, 204]).toContain(
          await tellCall(origin, caller, saying(call, { words, number, charset })),
        );
        spoke.push(number);
      }
      const has = await barred();
      expect(spoke.filter((number) => has(number) !== isBarred)).toEqual([]);
      expect(spoke.length).toBeGreaterThan(2);
    }
  });
});
