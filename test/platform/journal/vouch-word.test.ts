import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  vouch,
  vouchGround,
  journalDoubt,
  reportJournal,
  type DrainedStatement,
} from '../../../src/platform/database/process.repository.ts';
import { inTime } from '../../../src/base/promises.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { anOperator } from '../../support/operator.ts';
import { ShiftedClock } from '../../support/law-clock.ts';

const clock = new ShiftedClock();
const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);

const holds = () => world.database.outside(journalDoubt);
const databaseMs = async (): Promise<number> =>
  Number((await world.query('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at'))[0]?.['at']);
const momentIn = async (ms: number): Promise<string> => new Date((await databaseMs()) + ms).toISOString();
const vouched = (id: string, moment: string): Promise<void> =>
  world.database.outside((tx) => vouch(tx, id, { moment, sealId: null }));

interface Reporting {
  readonly id: string;
  readonly report: number;
  readonly drained: DrainedStatement | null;
}

const reported = (given: Reporting, database = world.database): Promise<unknown> => {
  const at = new Date(clock.machine()).toISOString();
  return database.outside((tx) => reportJournal(tx, { ...given, startedAt: at, at }));
};

/** A process with a journal that says nothing of it. */
async function aProcess(): Promise<string> {
  const id = randomUUID();
  await reported({ id, report: 1, drained: null });
  onTestFinished(async () => void (await world.query('DELETE FROM process WHERE id = $1', [id])));
  return id;
}

const vouchedAt = async (id: string): Promise<Date | undefined> => {
  const [row] = await world.query('SELECT vouched_at FROM journal_vouch WHERE process_id = $1', [id]);
  return row?.['vouched_at'] as Date | undefined;
};
const drainedAt = async (id: string): Promise<unknown> =>
  (await world.query('SELECT drained_at FROM process WHERE id = $1', [id]))[0]?.['drained_at'];

describe('what is vouched for', () => {
  // It would be believed for as long as it lies ahead.
  it('is never a moment still to come', async () => {
    const id = await aProcess();
    const ahead = await momentIn(60_000);
    await vouched(id, ahead);
    expect(await vouchedAt(id)).toBeUndefined();
    // PostgreSQL's clock was set back since.
    await world.query('INSERT INTO journal_vouch VALUES ($1, $2)', [id, ahead]);
    expect(await holds()).toBeDefined();
    await vouched(id, await momentIn(0));
    expect(await holds()).toBeUndefined();
  });

  it('is cleared by any report when in future', async () => {
    const [id, other] = [await aProcess(), await aProcess()];
    await world.query('INSERT INTO journal_vouch VALUES ($1, $2)', [id, await momentIn(60_000)]);
    await reported({ id: other, report: 2, drained: null });
    expect(await vouchedAt(id)).toBeUndefined();
  });

  it('waits for no lock of an interrupted report', async () => {
    const id = await aProcess();
    const at = new Date(clock.machine()).toISOString();
    await world.database.outside(async (report) => {
      await reportJournal(report, { id, startedAt: at, at, report: 2, drained: null });
      const vouching = world.database.outside(async (tx) => {
        const ground = await vouchGround(tx, id, at);
        if (ground !== undefined) await vouch(tx, id, ground);
        return 'vouched' as const;
      });
      expect(await inTime(vouching, 2_000, 'late')).toBe('vouched');
    });
    expect(await vouchedAt(id)).toBeDefined();
  });

  it('follows the newest report, though an older arrives', async () => {
    const id = await aProcess();
    await vouched(id, await momentIn(-100));
    const newest = await vouchedAt(id);
    await vouched(id, await momentIn(-10_000));
    expect(await vouchedAt(id)).toEqual(newest);
  });

  it('ends with its process', async () => {
    const id = await aProcess();
    await vouched(id, await momentIn(0));
    await world.query('DELETE FROM process WHERE id = $1', [id]);
    expect(await vouchedAt(id)).toBeUndefined();
  });
});

describe('a report of a moment that is still to come', () => {
  // It would be true once more when that moment comes.
  it('is withdrawn by the next report of anybody', async () => {
    const [id, other] = [await aProcess(), await aProcess()];
    await reported({ id, report: 2, drained: { sealId: null, atMs: (await databaseMs()) + 60_000 } });
    await reported({ id: other, report: 2, drained: { sealId: null, atMs: (await databaseMs()) + 500 } });
    expect(await drainedAt(id)).toBeNull();
    // Two clocks may pass so unequally.
    await reported({ id, report: 3, drained: null });
    expect(await drainedAt(other)).not.toBeNull();
  });
});

describe('a report while another one was cut off before its end', () => {
  it('waits for no interrupted report of the future', async () => {
    const [id, other] = [await aProcess(), await aProcess()];
    await reported({ id, report: 2, drained: { sealId: null, atMs: (await databaseMs()) + 60_000 } });
    await world.query('INSERT INTO journal_vouch VALUES ($1, $2)', [id, await momentIn(60_000)]);
    await world.database.outside(async (cut) => {
      await cut.run(
        sql`SELECT 1 FROM process p JOIN journal_vouch v ON v.process_id = p.id WHERE p.id = ${id}::uuid FOR UPDATE`,
      );
      const telling = reported({ id: other, report: 2, drained: null });
      expect(await inTime(telling, 2_000, 'late')).not.toBe('late');
    });
    await reported({ id: other, report: 3, drained: null });
    expect([await drainedAt(id), await vouchedAt(id)]).toEqual([null, undefined]);
  });
});

describe('a report of a journal that is drained', () => {
  it('counts only for its own database', async () => {
    const [id, before] = [await aProcess(), randomUUID()];
    await reported({ id, report: 2, drained: { sealId: before, atMs: await databaseMs() } });
    expect(await drainedAt(id)).toBeNull();
    await world.query('UPDATE instance SET seal_id = $1', [before]);
    await reported({ id, report: 3, drained: { sealId: null, atMs: await databaseMs() } });
    expect(await drainedAt(id)).toBeNull();
    await reported({ id, report: 4, drained: { sealId: before, atMs: await databaseMs() } });
    expect(await drainedAt(id)).not.toBeNull();
    await world.query('UPDATE instance SET seal_id = NULL');
  });
});
