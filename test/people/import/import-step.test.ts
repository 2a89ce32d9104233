import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readImport } from '../../../src/people/import/import-reading.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import type { Database, Transaction } from '../../../src/platform/database/connection.ts';
import { beforeCommit } from '../../support/before-commit.ts';
import { headed, readOn, received, reportOf, rowsOf, type WorkflowState } from './importing.ts';
import { openBase } from '../../support/database.ts';
import { aShop, told } from './shop.ts';

const HEAD = 'telephone;date_optin;source_optin;texte_optin;ref_bulletin';
const WORDS = 'J’accepte les offres de Maison Lumière par SMS. STOP pour arrêter.';
/** More rows than the first merge takes. */
const PEOPLE = 900;
const FIRST_MERGE = 500;
const phoneOf = (turn: number): string => `0639${String(980_000 + turn).padStart(6, '0')}`;
const line = (turn: number): string => `${phoneOf(turn)};05/01/2026;bulletin;${WORDS};B-${turn}`;

const { test, database } = await openBase();

/** Creates a shop and a file that takes two merges. */
async function twoMerges(): Promise<{ readonly desk: WorkflowState; readonly importId: string }> {
  const desk = { database, shop: await aShop(database, test) };
  const lines = Array.from({ length: PEOPLE }, (_, turn) => line(turn));
  return { desk, importId: await received(desk, rowsOf(HEAD, ...lines)) };
}

const isNamed = async (tx: Transaction): Promise<boolean> =>
  (await tx.first(sql<object>`SELECT 1 FROM import_row LIMIT 1`)) !== undefined;

/** Returns the same database, in which the first merge waits before its commit. */
function holding(whileHeld: () => Promise<void>): Database {
  let isHeld = false;
  return beforeCommit(database, async (tx) => {
    if (isHeld || !(await isNamed(tx))) return;
    isHeld = true;
    await whileHeld();
  });
}

/** After so many transactions, an import whose header was read is open. */
const OPENED = 3;

const peopleOf = async ({ shop }: WorkflowState): Promise<number> => {
  const [row] = await shop.tamper('SELECT count(*)::int AS count FROM contact WHERE tenant_id = $1', [
    shop.id,
  ]);
  return Number(row?.['count']);
};

/** Resolves once so many transactions have written people and are idle. */
const written = async ({ shop }: WorkflowState, count: number): Promise<void> => {
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'
                      AND (query LIKE '%INSERT INTO contact %' OR query LIKE '%FROM import_row%')`;
  await expect.poll(() => shop.tamper(waiting)).toHaveLength(count);
};

describe('a merge whose turn has not come', () => {
  it('wrote its newcomers, and completes after its predecessor', async () => {
    const { desk, importId } = await twoMerges();
    await readOn({ ...desk, database: holding(() => written(desk, 2)) }, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ accepted: PEOPLE, created: PEOPLE });
  });

  it('leaves nobody when its predecessor dies', async () => {
    const { desk, importId } = await twoMerges();
    const dying = holding(async () => {
      await written(desk, 2);
      throw new Error('killed');
    });
    await expect(readOn({ ...desk, database: dying }, importId)).rejects.toThrow('killed');
    expect(await peopleOf(desk)).toBe(0);
    await readOn(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ accepted: PEOPLE, created: PEOPLE });
  });

  it('yields to a concurrent claim of its number', async () => {
    const { desk, importId } = await twoMerges();
    const needing = holding(async () => {
      await written(desk, 2);
      const person = told(`+33${phoneOf(PEOPLE - 1).slice(1)}`);
      await desk.shop.within((tx) => upsertContacts(tx, desk.shop.deps, [person]));
    });
    await readOn({ ...desk, database: needing }, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ accepted: PEOPLE, created: PEOPLE - 1 });
    expect(await peopleOf(desk)).toBe(PEOPLE);
  });

  it('leaves nobody when another attempt took over', async () => {
    const { desk, importId } = await twoMerges();
    // Only the header is read.
    await headed(desk, importId);
    let merges = 0;
    const dyingSecond = beforeCommit(database, async (tx) => {
      if ((await isNamed(tx)) && (merges += 1) === 2) throw new Error('killed');
    });
    let asked = 0;
    const overtaken = beforeCommit(database, async () => {
      asked += 1;
      if (asked !== OPENED) return;
      await expect(readOn({ ...desk, database: dyingSecond }, importId)).rejects.toThrow('killed');
    });
    const key = { tenantId: desk.shop.id, importId };
    const deps = { database: overtaken, clock: desk.shop.clock, keysOf: async () => desk.shop.deps.keys };
    expect(await readImport(deps, key)).toMatchObject({ kind: 'send' });
    expect(await peopleOf(desk)).toBe(FIRST_MERGE);
    await readOn(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ accepted: PEOPLE, created: PEOPLE });
  });
});
