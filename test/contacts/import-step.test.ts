import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImport } from '../../src/contacts/import-reading.ts';
import type { Plan } from '../../src/messages/plan.ts';
import type { Database } from '../../src/database/connection.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { readOn, received, reportOf, rowsOf, type Desk } from './importing.ts';
import { aShop, open } from './shop.ts';

const HEAD = 'telephone;date_optin;source_optin;texte_optin;ref_bulletin;desinscrit_le';
const WORDS = 'J’accepte les offres de Maison Lumière par SMS. STOP pour arrêter.';
const numbers = Array.from({ length: 1_000 }, (_, turn) => `06399${85_000 + turn}`);
const agreed = (phone: string): string => `${phone};05/01/2026;bulletin;${WORDS};B-${phone};`;

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await aDatabase();
  database = await open(test);
});
afterAll(() => database.close());

/** What happens at the end of each merge, which is asked to commit long after its work is done. */
function slow(ends: string[], end: () => void = () => undefined): Database {
  const withTenant: Database['withTenant'] = (tenantId, work) =>
    database.withTenant(tenantId, async (tx) => {
      let isMerge = false;
      const copy: typeof tx.copy = async (table, rows) => {
        isMerge = true;
        if (table === 'newcomer') ends.push('written');
        await tx.copy(table, rows);
      };
      const done = await work({ ...tx, copy });
      if (!isMerge) return done;
      await wait(400);
      ends.push('ended');
      end();
      return done;
    });
  return { ...database, withTenant };
}

const aDesk = async (): Promise<Desk> => ({ database, shop: await aShop(database, test) });

const readOnce = ({ shop }: Desk, through: Database, importId: string): Promise<Plan> =>
  readImport(
    { database: through, clock: shop.clock, keysOf: async () => shop.deps.keys },
    { tenantId: shop.id, importId },
  );

describe('two merges of one file', () => {
  it('are written beside each other and end in their order', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(HEAD, ...numbers.map(agreed)));
    const ends: string[] = [];
    await readOnce(desk, slow(ends), importId);
    expect(ends).toEqual(['written', 'written', 'ended', 'ended']);
    expect(await reportOf(desk, importId)).toMatchObject({ rows: 1_000, created: 1_000, accepted: 1_000 });
  });

  it('wait for each other where both tell of one number', async () => {
    const desk = await aDesk();
    const [left = '', ...others] = numbers;
    const leaving = `${left};;;;;01/06/2026`;
    const rows = [
      leaving,
      ...others.slice(0, 499).map(agreed),
      ...[left, ...others.slice(499, 998)].map(agreed),
    ];
    const importId = await received(desk, rowsOf(HEAD, ...rows));
    const ends: string[] = [];
    await readOnce(desk, slow(ends), importId);
    expect(ends).toEqual(['written', 'ended', 'written', 'ended']);
    const report = await reportOf(desk, importId);
    expect(report.withdrawals).toBe(1);
    const may = `SELECT 1 FROM consent WHERE tenant_id = $1 AND sendable`;
    expect(await desk.shop.tamper(may, [desk.shop.id])).toHaveLength(998);
  });

  it('leave nothing where the first of them failed', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(HEAD, ...numbers.map(agreed)));
    const ends: string[] = [];
    const failing = slow(ends, () => {
      if (ends.filter((one) => one === 'ended').length === 1) throw new Error('killed');
    });
    await expect(readOnce(desk, failing, importId)).rejects.toThrow('killed');
    expect(ends).toContain('ended');
    expect(await desk.shop.tamper(`SELECT 1 FROM contact WHERE tenant_id = $1`, [desk.shop.id])).toEqual([]);
    expect(await reportOf(desk, importId)).toMatchObject({ state: 'reading', rows: 0 });
    await readOn(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ state: 'finished', rows: 1_000, created: 1_000 });
  });

  it('are read on later when PostgreSQL ends a deadlock with another file', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(HEAD, ...numbers.slice(0, 20).map(agreed)));
    const deadlocked = slow([], () => {
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    });
    expect(await readOnce(desk, deadlocked, importId)).toMatchObject({ kind: 'send' });
    await readOn(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ state: 'finished', rows: 20, created: 20 });
  });
});
