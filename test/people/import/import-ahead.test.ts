import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { readImport } from '../../../src/people/import/import-reading.ts';
import type { Transaction } from '../../../src/platform/database/connection.ts';
import type { Plan, PlanReason } from '../../../src/platform/plan.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { beforeCommit } from '../../support/before-commit.ts';
import { headed, readOn, received, reportOf, rowsOf, type WorkflowState } from './importing.ts';
import { openBase } from '../../support/database.ts';
import { aShop } from './shop.ts';

const MINUTE_MS = 60_000;
const HEAD = 'telephone;ville;date_optin;source_optin;texte_optin;ref_bulletin';
const WORDS = 'J’accepte les offres de Maison Lumière par SMS. STOP pour arrêter.';
/** More rows than two merges take. */
const PEOPLE = 2_000;

const { test, database } = await openBase();

/** A clock whose monotonic time the test sets. */
class PassedClock extends ShiftedClock {
  passedMs = 0;

  override monotonic(): number {
    return this.passedMs;
  }
}

/** Creates a shop and a file whose last row repeats its first; each row has a cell of the given length. */
async function repeating(
  length: number,
): Promise<{ readonly desk: WorkflowState; readonly importId: string }> {
  const desk = { database, shop: await aShop(database, test) };
  const row = (turn: number): string =>
    `0639${980_000 + turn};${'x'.repeat(length)};05/01/2026;bulletin;${WORDS};B-${turn}`;
  const rows = Array.from({ length: PEOPLE }, (_, turn) => row(turn));
  return { desk, importId: await received(desk, rowsOf(HEAD, ...rows, row(0))) };
}

const isMerged = async (tx: Transaction): Promise<boolean> =>
  (await tx.first(sql<object>`SELECT 1 FROM import WHERE rows > 0`)) !== undefined;

/** Runs one attempt, and the given function before each of its commits. */
const attempt = (
  { desk, importId }: Awaited<ReturnType<typeof repeating>>,
  clock: PassedClock,
  come: (tx: Transaction) => Promise<void>,
  signal?: AbortSignal,
): Promise<Plan<PlanReason>> =>
  readImport(
    { database: beforeCommit(database, come), clock, keysOf: async () => desk.shop.deps.keys, signal },
    { tenantId: desk.shop.id, importId },
  );

describe('a file that is looked through for long before its first row', () => {
  // Otherwise each attempt would search the whole file for repeats again.
  it('is read on by the same attempt', async () => {
    const [file, clock] = [await repeating(0), new PassedClock().startAt('2026-11-25T10:00:00Z')];
    const plan = await attempt(file, clock, async (tx) => {
      clock.passedMs += (await isMerged(tx)) ? MINUTE_MS : 20 * MINUTE_MS;
    });
    expect(plan).toMatchObject({ kind: 'done', because: { code: 'FINISHED' } });
  });

  it('stops with its worker and is read later', async () => {
    const [file, clock] = [await repeating(2_000), new PassedClock().startAt('2026-11-25T10:00:00Z')];
    // Only the header is read.
    await headed(file.desk, file.importId);
    const stop = new AbortController();
    let asked = 0;
    const plan = await attempt(
      file,
      clock,
      async () => {
        asked += 1;
        if (asked === 4) stop.abort();
      },
      stop.signal,
    );
    expect(plan).toMatchObject({ kind: 'send', accounts: { rows: 0 } });
    // After the abort, one more transaction stores the cursor.
    expect(asked).toBe(5);
    await readOn(file.desk, file.importId);
    expect(await reportOf(file.desk, file.importId)).toMatchObject({ accepted: PEOPLE, duplicates: 1 });
  });
});
