import { describe, expect, it } from 'vitest';
import { gsm7Octets, septetsIn } from '../../../src/sms/encoding/encoding.ts';
import { cases } from '../../support/cases.ts';
import { told } from '../fakes/smpp-words.ts';
import { ORDINARY, SILENCING } from '../words.ts';
import { aHeardWorld } from './inbound-world.ts';

const heard = await aHeardWorld();

/** An alphabet by its name, as an operator declares it. */
const ALPHABETS: Readonly<Record<string, (text: string) => { coding: number; octets: Buffer } | undefined>> =
  {
    'GSM-7': (text) => (septetsIn(text) === undefined ? undefined : { coding: 0, octets: gsm7Octets(text) }),
    'Latin-1 under the default alphabet': (text) => ({ coding: 0, octets: Buffer.from(text, 'latin1') }),
    'Latin-1': (text) => ({ coding: 3, octets: Buffer.from(text, 'latin1') }),
    'UCS-2': (text) => ({ coding: 8, octets: Buffer.from(text, 'utf16le').swap16() }),
    'UTF-8 under the default alphabet': (text) => ({ coding: 0, octets: Buffer.from(text, 'utf8') }),
  };
const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];
/** By day two of them for each text, and all of them for any three texts. */
const ordersOf = (number: number): typeof ORDERS =>
  ORDERS.filter((_, at) => (at + number) % cases(3, 1) === 0);

let people = 0;
const somebody = (): string => {
  people += 1;
  return `+3363998${String(people).padStart(4, '0')}`;
};

interface Coded {
  readonly coding: number;
  readonly octets: Buffer;
}

const tell = (from: string, { coding, octets }: Coded, fields: object = {}): Promise<number> =>
  heard.smpp.fake.tell(
    told({
      source_addr_ton: 1,
      source_addr: from.slice(1),
      destination_addr: '36180',
      data_coding: coding,
      short_message: octets,
      ...fields,
    }),
  );

/** Cuts octets into three parts of about the same length, without splitting a character of two octets. */
function thirds({ coding, octets }: Coded): readonly Buffer[] {
  const unit = coding === 8 ? 2 : 1;
  const [one, two] = [1, 2].map((third) => Math.round((octets.length * third) / 3 / unit) * unit);
  return [octets.subarray(0, one), octets.subarray(one, two), octets.subarray(two)];
}

const withHeader = (part: Buffer, at: number): object => ({
  esm_class: 0x40,
  short_message: Buffer.concat([Buffer.from([5, 0, 3, 7, 3, at + 1]), part]),
});
const withWideHeader = (part: Buffer, at: number): object => ({
  esm_class: 0x40,
  short_message: Buffer.concat([Buffer.from([6, 8, 4, 1, 7, 3, at + 1]), part]),
});
const withFields = (part: Buffer, at: number): object => ({
  short_message: part,
  sar_msg_ref_num: 263,
  sar_total_segments: 3,
  sar_segment_seqnum: at + 1,
});

describe.each(Object.keys(ALPHABETS))('words over SMPP in %s', (alphabet) => {
  const coded = (text: string): Coded[] => {
    const written = ALPHABETS[alphabet]?.(text);
    return written === undefined ? [] : [written];
  };

  it.each([
    ['of STOP', SILENCING, true],
    ['of an ordinary reply', ORDINARY, false],
  ] as const)('%s in one part', async (_what, texts, isBarred) => {
    const spoke: string[] = [];
    for (const text of texts.flatMap(coded)) {
      const from = somebody();
      expect(await tell(from, text)).toBe(200);
      spoke.push(from);
    }
    const now = await heard.barred();
    expect(spoke.map((from) => now.has(heard.indexOf(from)))).toEqual(spoke.map(() => isBarred));
  });

  it.each([
    ['of STOP', SILENCING, true],
    ['of an ordinary reply', ORDINARY, false],
  ] as const)('%s in three parts, in every order', async (_what, texts, isBarred) => {
    const spoke: string[] = [];
    for (const [number, text] of texts.flatMap(coded).entries()) {
      for (const order of ordersOf(number)) {
        const from = somebody();
        const parts = thirds(text);
        const placed = [withHeader, withWideHeader, withFields][number % 3] ?? withHeader;
        for (const at of order)
          expect(await tell(from, text, placed(parts[at] ?? Buffer.alloc(0), at))).toBe(200);
        spoke.push(from);
      }
    }
    const now = await heard.barred();
    expect(spoke.map((from) => now.has(heard.indexOf(from)))).toEqual(spoke.map(() => isBarred));
  });
});

describe('whoever wrote in parts', () => {
  it('waits for no part any more', async () => {
    expect(await heard.world.query('SELECT 1 FROM reply_part WHERE told_at IS NULL')).toEqual([]);
  });
});
