import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { col, rowsOf } from './row-type.ts';
import { instant, type DoubtedClock, type ProcessClock, type TimeReading } from '../clock.ts';
import { Refusal } from '../errors.ts';
import type { Database, Timed, Transaction } from './connection.ts';

/** Advisory lock of a move, so that two moves are serialized. */
const MOVER = 4_410_001;
/** A mark that had begun is committed, and its first byte written, within 250 ms. */
const SETTLES_MS = 300;
const WAITS_MS = 5_000;
const LOOKS_EVERY_MS = 50;
/** Nobody can give the present more exactly, and a move takes a while: a time so near to it means it. */
const REAL_WITHIN_MS = 2_000;
/** No message stays `submitting` longer without a worker that repairs it. */
const LOOKS_BACK_MS = 10 * 60_000;

const lawClockRows = rowsOf('instance', ['moving']).with({
  offsetMs: col.text(),
  revision: col.of('instance', 'clockRevision'),
  databaseAt: col.text(),
});

/** Reads the law clock from the instance row, with PostgreSQL's own time. */
export async function readClock(tx: Transaction): Promise<TimeReading> {
  const row = await tx.first(lawClockRows.sql`
    SELECT clock_offset_ms AS "offsetMs", clock_revision AS revision, moving,
           (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS "databaseAt" FROM instance`);
  if (row === undefined) throw new InstanceRowMissing('the instance row is missing: run the migrations');
  return { ...row, offsetMs: Number(row.offsetMs), databaseAt: Number(row.databaseAt) };
}

/** Compares clocks once; a gate left closed by a mover that died is opened. */
export async function readLawClock(database: Database, clock: Pick<ProcessClock, 'follow'>): Promise<void> {
  const reading = await database.outside((tx) => clock.follow(() => readClock(tx)));
  if (reading.moving) await database.outside(reopenAbandoned);
}

/**
 * Dates a transaction's records and decisions by the database's clock while this host's may be wrong. Every process
 * compares itself with that one, and nothing is sent until they agree. It is read as the transaction begins: an
 * earlier reading may be as old as the time for which this host slept.
 */
export const timedByDatabase =
  (clock: DoubtedClock): Timed =>
  async (tx, work) =>
    clock.doubt() === undefined ? work(tx) : clock.databaseTime.within(await readClock(tx), () => work(tx));

class InstanceRowMissing extends Error {
  override readonly name = 'InstanceRowMissing';
}

/**
 * Moves the law clock to `toMs`, or refuses with CLOCK_BUSY. The gate closes, submissions under way end, the offset
 * and its revision change, the gate opens. The mover applies the new reading while it is still closed: nothing is
 * sent at an hour that the mover does not know yet.
 */
export async function moveClock(database: Database, move: ClockMove): Promise<void> {
  await database.outside(async (mover) => {
    await mover.run(sql`SELECT pg_advisory_xact_lock(${MOVER})`);
    await database.outside((tx) => tx.run(sql`UPDATE instance SET moving = true`));
    try {
      await untilNothingIsSubmitted(database, move.machine);
    } catch (refusal) {
      await database.outside((tx) => tx.run(sql`UPDATE instance SET moving = false`));
      throw refusal;
    }
    await database.outside(async (tx) => {
      await shift(tx, move.toMs);
      await move.follow(() => readClock(tx));
    });
  });
}

/** A move of the law clock, and its author. */
export interface ClockMove {
  readonly toMs: number;
  readonly machine: () => number;
  readonly follow: (read: () => Promise<TimeReading>) => Promise<TimeReading>;
}

/** The offset counts from PostgreSQL's own time, as every process reads it: the mover's host may be wrong. */
async function shift(tx: Transaction, toMs: number): Promise<void> {
  const wantedMs = toMs - (await readClock(tx)).databaseAt;
  const offsetMs = Math.abs(wantedMs) < REAL_WITHIN_MS ? 0 : wantedMs;
  await tx.run(sql`
    UPDATE instance SET clock_offset_ms = ${offsetMs}, clock_revision = clock_revision + 1, moving = false`);
  // The processes that wake due work need not wait for their next look.
  await tx.run(sql`SELECT pg_notify('intent', 'clock')`);
}

async function untilNothingIsSubmitted(database: Database, machine: () => number): Promise<void> {
  const since = instant(machine() - LOOKS_BACK_MS).toISO();
  const giveUpAt = machine() + WAITS_MS;
  await pause(SETTLES_MS);
  while (await database.outside((tx) => isSubmitting(tx, since))) {
    if (machine() >= giveUpAt) throw new Refusal('CLOCK_BUSY', { retryAfterSeconds: 1 });
    await pause(LOOKS_EVERY_MS);
  }
}

async function isSubmitting(tx: Transaction, since: string): Promise<boolean> {
  return (await tx.first(sql`SELECT batch_id FROM anything_submitting(${since})`)) !== undefined;
}

/** Opens a gate that a mover left closed when it died; does nothing during a move. */
export async function reopenAbandoned(tx: Transaction): Promise<boolean> {
  const reopened = await tx.run(sql`
    UPDATE instance SET moving = false WHERE moving AND pg_try_advisory_xact_lock(${MOVER})`);
  return reopened === 1;
}
