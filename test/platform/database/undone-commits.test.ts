import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import {
  openDatabase,
  type DatabaseOptions,
  type Transaction,
} from '../../../src/platform/database/connection.ts';
import { Ledger } from '../../../src/platform/database/ledger.ts';
import { aShop } from '../../people/import/shop.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';

const test = await aDatabase();
const plain = await anOpenDatabase({ url: test.appUrl, connections: 1, name: 'plain' });
const shop = await aShop(plain, test);
const ledger = new Ledger({ url: test.appUrl, name: 'undone' });
afterAll(() => ledger.close());

/** Often enough for the failure and the answer of the commit to arrive by one packet. */
const TIMES = 20;
const name = sql<{ name: string }>`SELECT name FROM tenant`;
const renamed = (to: string) => sql`UPDATE tenant SET name = ${to}`;
const fails = sql`SELECT 1 / 0`;

/** Statements that fail while nobody waits for them. */
const UNAWAITED: readonly [string, (tx: Transaction) => void][] = [
  ['a setting that is refused', (tx) => tx.mayTake(-5)],
  ['another tenant that cannot be entered', (tx) => void tx.as('\0')],
  ['a statement whose failure is passed over', (tx) => void tx.run(fails).catch(() => undefined)],
];

const KINDS: readonly [string, Pick<DatabaseOptions, 'ahead' | 'urgent'>][] = [
  ['asks one statement after the other', {}],
  ['asks ahead', { ahead: true }],
  ['is urgent', { urgent: true }],
];

describe.each(KINDS)('a transaction that %s is not committed', (_, kind) => {
  const opened = openDatabase({ url: test.appUrl, connections: 1, name: 'undone', ...kind });
  afterAll(async () => (await opened).close());

  it.each(UNAWAITED)('when an unawaited statement fails last: %s', async (__, ask) => {
    const database = await opened;
    const before = await plain.withTenant(shop.id, (tx) => tx.first(name));
    for (let turn = 0; turn < TIMES; turn += 1) {
      const work = async (tx: Transaction): Promise<string> => {
        if (tx.tenantId !== '') void tx.run(renamed('never')).catch(() => undefined);
        ask(tx);
        return 'made';
      };
      await expect(database.withTenant(shop.id, work)).rejects.toBeInstanceOf(Error);
      await expect(database.unguarded(shop.id, work)).rejects.toBeInstanceOf(Error);
      await expect(database.outside(work)).rejects.toBeInstanceOf(Error);
    }
    expect(await plain.withTenant(shop.id, (tx) => tx.first(name))).toEqual(before);
  });

  it('where its own tenant cannot be entered', async () => {
    const database = await opened;
    for (let turn = 0; turn < TIMES; turn += 1)
      await expect(database.withTenant('\0', async () => 'made')).rejects.toMatchObject({ code: '22021' });
  });
});

describe('a transaction of the send path is not committed', () => {
  it.each(['mark', 'record', 'read'] as const)('where any of its statements fails: %s', async (lane) => {
    const statement = (text: string) => ({ name: `undone ${text}`, text, values: [] });
    const rename = statement(`UPDATE tenant SET name = 'never'`);
    const failing = statement('SELECT 1 / 0');
    const before = await plain.withTenant(shop.id, (tx) => tx.first(name));
    for (const asked of [
      [rename, failing],
      [failing, rename],
    ])
      await expect(ledger[lane](shop.id, asked)).rejects.toMatchObject({ code: '22012' });
    expect(await plain.withTenant(shop.id, (tx) => tx.first(name))).toEqual(before);
  });
});
