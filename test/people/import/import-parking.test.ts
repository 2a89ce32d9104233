import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cancelImport } from '../../../src/people/import/import-reception.ts';
import { readImport } from '../../../src/people/import/import-reading.ts';
import { readerPool } from '../../../src/people/import/file-readers.ts';
import type { Plan, PlanReason } from '../../../src/platform/plan.ts';
import { beforeCommit } from '../../support/before-commit.ts';
import { HANGS, harmThreads, TAKES_ALL_MEMORY } from '../../support/harmed-threads.ts';
import {
  anImport,
  headed,
  readOn,
  received,
  reportOf,
  rowsOf,
  stops,
  type WorkflowState,
} from './importing.ts';
import { openBase } from '../../support/database.ts';
import { aShop } from './shop.ts';

const { test, database } = await openBase();

const HEAD = 'telephone;ville;date_optin;source_optin;texte_optin;ref_bulletin';
const row = (turn: number): string =>
  `0639${980_000 + turn};Lyon;05/01/2026;bulletin;J’accepte les offres par SMS.;B-${turn}`;
const HOSTILE_LINE = 3;
const FILE = [HEAD, row(1), row(2), row(3)];

const aDesk = async (): Promise<WorkflowState> => ({ database, shop: await aShop(database, test) });

const attempt = ({ shop }: WorkflowState, importId: string): Promise<Plan<PlanReason>> =>
  readImport(
    { database, clock: shop.clock, keysOf: async () => shop.deps.keys },
    { tenantId: shop.id, importId },
  );

/** Existing threads are discarded first, because only new ones are harmed. */
async function harmed(what: string, threads: number): Promise<ReturnType<typeof harmThreads>> {
  await readerPool.forget();
  return harmThreads({ line: HOSTILE_LINE, happens: what, threads });
}

const cancelled = ({ shop }: WorkflowState, importId: string): Promise<void> =>
  shop.within((tx) => cancelImport(tx, shop.deps, { importId, actor: 'key:test' }));

const slicesOf = ({ shop }: WorkflowState, importId: string): Promise<object[]> =>
  shop.within((tx) => tx.rows(sql<object>`SELECT 1 FROM import_slice WHERE import_id = ${importId}::uuid`));

const auditsOf = ({ shop }: WorkflowState, importId: string): Promise<{ action: string }[]> =>
  shop.within((tx) =>
    tx.rows(sql<{ action: string }>`
      SELECT action FROM audit_entry WHERE subject = ${importId} AND action = 'import.cancelled'`),
  );

/** Advances the timers by one second every 100 ms: the watcher needs ten looks, a second apart, to see a hang. */
async function lookedAt<T>(work: Promise<T>): Promise<T> {
  const ended = work.then(() => true);
  while (!(await Promise.race([ended, pause(100, false)]))) await vi.advanceTimersByTimeAsync(1_000);
  return work;
}

describe('a file of which one row stops its reader', () => {
  let harm: ReturnType<typeof harmThreads> | undefined;

  afterEach(() => {
    vi.useRealTimers();
    harm?.stop();
    harm = undefined;
  });

  it('is parked after two hangs, while others continue', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'], shouldClearNativeTimers: true });
    const [desk, other] = [await aDesk(), await aDesk()];
    const importId = await received(desk, rowsOf(...FILE));
    // The header is read before any thread hangs.
    await headed(desk, importId);
    harm = await harmed(HANGS, 1);
    const held = attempt(desk, importId);
    held.catch(() => undefined);
    while (harm.begun() < 1) await new Promise(setImmediate);
    const left = await anImport(other, rowsOf('telephone', '0639980901'), { kind: 'suppressions' });
    const people = await anImport(other, rowsOf(HEAD, row(901)));
    expect([left.state, people.state, (await reportOf(desk, importId)).state]).toEqual([
      'finished',
      'finished',
      'reading',
    ]);
    expect(await lookedAt(held)).toMatchObject({ kind: 'send' });
    harm.stop();
    harm = await harmed(HANGS, 1);
    const again = await lookedAt(attempt(desk, importId));
    expect(again).toMatchObject({ kind: 'done', because: { code: 'PARKED' } });
    const report = await reportOf(desk, importId);
    expect(report).toMatchObject({ state: 'parked', failure: 'ROW_STOPS_READER', finishedAt: null });
    expect(report.failureDetail).toContain(`ligne ${HOSTILE_LINE}.`);
    expect(await attempt(desk, importId)).toMatchObject({ kind: 'done' });
  });

  it('is parked after exhausting memory twice', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(...FILE));
    await headed(desk, importId);
    harm = await harmed(TAKES_ALL_MEMORY, 2);
    await readOn(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ state: 'parked', failure: 'ROW_STOPS_READER' });
  });

  it('is read whole when its reader stopped once', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(...FILE));
    await headed(desk, importId);
    harm = await harmed(TAKES_ALL_MEMORY, 1);
    await readOn(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ state: 'finished', accepted: 3, failure: null });
  });

  it('is kept no longer, and may be cancelled', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(...FILE));
    expect(await slicesOf(desk, importId)).toHaveLength(1);
    expect(await stops(desk, importId, 3, 3)).toBe('PARKED');
    expect(await slicesOf(desk, importId)).toEqual([]);
    await cancelled(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ state: 'cancelled', failure: 'ROW_STOPS_READER' });
  });

  it('is parked at one row twice, not two', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(...FILE));
    expect(await stops(desk, importId, 3, 4, 2)).toBe('READING');
    expect(await stops(desk, importId, 4)).toBe('PARKED');
    expect((await reportOf(desk, importId)).failureDetail).toContain('ligne 4.');
  });

  it('is parked after five stops without a merge', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(...FILE));
    expect(await stops(desk, importId, 11, 12, 13, 14)).toBe('READING');
    expect(await stops(desk, importId, 15)).toBe('PARKED');
  });
});

describe('a suppression list that is not read', () => {
  const LIST = ['telephone', '0639980901'];

  const listed = async (desk: WorkflowState): Promise<string> =>
    received(desk, rowsOf(...LIST), { kind: 'suppressions' });

  it.each(['queued', 'parked'])('is not cancelled while it is %s', async (state) => {
    const desk = await aDesk();
    await anImport(desk, rowsOf(...LIST), { kind: 'suppressions' });
    const importId = await listed(desk);
    if (state === 'parked') await stops(desk, importId, 2, 2);
    await anImport(desk, rowsOf(...FILE));
    await anImport(desk, rowsOf('telephone', 'nobody'), { kind: 'suppressions' });
    await expect(cancelled(desk, importId)).rejects.toMatchObject({ code: 'SUPPRESSIONS_NOT_READ' });
    expect((await reportOf(desk, importId)).state).toBe(state);
    expect(await auditsOf(desk, importId)).toEqual([]);
  });

  it('is cancelled once a later one was read', async () => {
    const desk = await aDesk();
    const importId = await listed(desk);
    await stops(desk, importId, 2, 2);
    await anImport(desk, rowsOf(...LIST), { kind: 'suppressions' });
    await cancelled(desk, importId);
    expect((await reportOf(desk, importId)).state).toBe('cancelled');
  });

  it('is not cancelled for what another tenant sent', async () => {
    const [desk, other] = [await aDesk(), await aDesk()];
    const importId = await listed(desk);
    await anImport(other, rowsOf(...LIST), { kind: 'suppressions' });
    await expect(cancelled(desk, importId)).rejects.toMatchObject({ code: 'SUPPRESSIONS_NOT_READ' });
  });
});

describe('an import that somebody cancels', () => {
  it('ends before its first row, once', async () => {
    const desk = await aDesk();
    const importId = await received(desk, rowsOf(...FILE));
    await cancelled(desk, importId);
    await cancelled(desk, importId);
    await readOn(desk, importId);
    expect(await reportOf(desk, importId)).toMatchObject({ state: 'cancelled', rows: 0 });
    expect(await auditsOf(desk, importId)).toHaveLength(1);
  });

  it('keeps whole merges only', async () => {
    const desk = await aDesk();
    const rows = Array.from({ length: 3_000 }, (_, turn) => row(turn));
    const importId = await received(desk, rowsOf(HEAD, ...rows));
    let isCancelled = false;
    const cancelling = beforeCommit(database, async (tx) => {
      const found = await tx.first(
        sql<{ rows: number }>`SELECT rows FROM import WHERE id = ${importId}::uuid`,
      );
      if (isCancelled || (found?.rows ?? 0) === 0) return;
      isCancelled = true;
      await cancelImport(tx, desk.shop.deps, { importId, actor: 'key:test' });
    });
    await readOn({ ...desk, database: cancelling }, importId);
    const report = await reportOf(desk, importId);
    expect(report.state).toBe('cancelled');
    expect(report.rows).toBeGreaterThan(0);
    expect(report.rows).toBeLessThan(3_000);
    const people = await desk.shop.within((tx) =>
      tx.rows(sql<object>`SELECT 1 FROM contact WHERE tenant_id = ${desk.shop.id}::uuid`),
    );
    expect(people).toHaveLength(report.created);
  });

  it('is refused once it was read', async () => {
    const desk = await aDesk();
    const { id } = await anImport(desk, rowsOf(...FILE));
    await expect(cancelled(desk, id)).rejects.toMatchObject({ code: 'IMPORT_ENDED' });
    await expect(cancelled(desk, randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
