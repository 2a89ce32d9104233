import { sql } from 'kysely';
import { col, computedRows, rowsOf } from './row-type.ts';
import type { Transaction, Database, Timed } from './connection.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { instant, type DoubtedClock, type ProcessClock, type TimeReading } from '../clock.ts';
import { Refusal } from '../errors.ts';

const whyRows = computedRows({ why: col.of('instance', 'sealedWhy') });

/** Returns the reason why the instance is sealed, so that no message may be marked; undefined when it is not. */
export async function sealOf(tx: Transaction): Promise<string | undefined> {
  const row = await tx.first(whyRows.sql`SELECT sealed_why AS why FROM instance WHERE sealed`);
  return row === undefined ? undefined : (row.why ?? 'sealed');
}

const sealIdRows = computedRows({ id: col.of('instance', 'sealId') });

/** Returns the id of the latest seal, opened or not; null when there never was one. */
export async function sealIdOf(tx: Transaction): Promise<string | null> {
  return (await tx.first(sealIdRows.sql`SELECT seal_id AS id FROM instance`))?.id ?? null;
}

const nameRows = computedRows({ name: col.text() });

/** The names of the migrations applied. */
export async function appliedMigrations(tx: Transaction): Promise<string[]> {
  const rows = await tx.rows(nameRows.sql`SELECT name FROM migration ORDER BY name`);
  return rows.map(({ name }) => name);
}

/** Opens the seal: messages may be marked from the commit on. */
export async function openSeal(tx: Transaction): Promise<void> {
  await tx.run(sql`UPDATE instance SET sealed = false, sealed_why = NULL WHERE sealed`);
}

/** What the last housekeeping found. */
export interface HousekeepingState {
  /** Batches whose tally differs from their messages. */
  readonly tallyDifferences: number;
  /** True when some messages are in no month's partition. */
  readonly strayMessages: boolean;
  /** Contacts of the last hour who came back after an opt-out, in the tenant with the most. */
  readonly returnsLastHour: number;
  /**
   * Opt-outs of the last day that were recorded later than the rules allow, while their person could still be written
   * to.
   */
  readonly lateOptOutsLastDay: number;
}

interface RotationState {
  /** True while new keys wait to be used everywhere, or rows are still sealed under older ones. */
  readonly rotationOpen: boolean;
  readonly rowsResealed: number;
}

interface HousekeepingWatch {
  /** Messages that were handed to operators outside of their decision of the law; must be 0. */
  readonly attemptsOutside: number;
  /** Seconds since retention last went through every tenant. */
  readonly retentionAgeSeconds: number;
}

/** Stores the findings of housekeeping, for the metrics of every process. */
export async function noteHousekeeping(tx: Transaction, found: HousekeepingState): Promise<void> {
  await tx.run(
    sql`UPDATE instance SET (tally_differences, stray_messages, returns_last_hour, late_leavings_last_day) =
               (${found.tallyDifferences}, ${found.strayMessages}, ${found.returnsLastHour}, ${found.lateOptOutsLastDay})
         WHERE (tally_differences, stray_messages, returns_last_hour, late_leavings_last_day) IS DISTINCT FROM
               (${found.tallyDifferences}::int, ${found.strayMessages}::boolean, ${found.returnsLastHour}::int,
                ${found.lateOptOutsLastDay}::int)`,
  );
}

const housekeepingRows = rowsOf('instance', [
  'tallyDifferences',
  'strayMessages',
  'returnsLastHour',
  'rowsResealed',
  'attemptsOutside',
  'lateOptOutsLastDay',
]).with({
  rotationOpen: col.flag(),
  retentionAgeSeconds: col.number(),
});

/** Reads the findings of the last housekeeping and the progress of key rotation. */
export async function readHousekeeping(
  tx: Transaction,
): Promise<(HousekeepingState & RotationState & HousekeepingWatch) | undefined> {
  return tx.first(housekeepingRows.sql`
    SELECT tally_differences AS "tallyDifferences", stray_messages AS "strayMessages", returns_last_hour AS "returnsLastHour",
           late_leavings_last_day AS "lateOptOutsLastDay",
           attempts_outside::float8 AS "attemptsOutside",
           greatest(extract(epoch FROM clock_timestamp() - cleaned_at), 0)::float8 AS "retentionAgeSeconds",
           keys_revision > keys_settled AS "rotationOpen", rows_resealed::float8 AS "rowsResealed"
      FROM instance`);
}

/** The advisory lock that serializes moves of the law clock. */
const MOVER = 4_410_001;
/** A mark that has begun is committed, and the first byte of its call written, within 250 ms. */
const SETTLES_MS = 300;
const WAITS_MS = 5_000;
const LOOKS_EVERY_MS = 50;
/**
 * A move to a time so near to the real one means the real one: a move takes a while, and nobody can name the present
 * exactly.
 */
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

/** Compares the process's clock with the database's once, and opens a gate that a mover left closed when it died. */
export async function readLawClock(database: Database, clock: Pick<ProcessClock, 'follow'>): Promise<void> {
  const reading = await database.outside((tx) => clock.follow(() => readClock(tx)));
  if (reading.moving) await database.outside(reopenAbandoned);
}

/**
 * Gives a transaction the database's time while this host's clock may be wrong: every process compares itself with
 * that one, and nothing is sent until they agree. The time is read as the transaction begins, since an earlier reading
 * may date from before this host slept.
 */
export const timedByDatabase =
  (clock: DoubtedClock): Timed =>
  async (tx, work) =>
    clock.doubt() === undefined ? work(tx) : clock.databaseTime.within(await readClock(tx), () => work(tx));

class InstanceRowMissing extends Error {
  override readonly name = 'InstanceRowMissing';
}

/**
 * Moves the law clock to `toMs`; refuses with CLOCK_BUSY when submissions under way do not end within 5 s. The gate
 * closes, submissions under way end, offset and revision change, and the gate opens again. The mover adopts the new
 * time while the gate is still closed, so that nothing is sent at an hour that it does not know yet.
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

interface ClockMove {
  /** Epoch milliseconds by the law clock. */
  readonly toMs: number;
  readonly machine: () => number;
  readonly follow: (read: () => Promise<TimeReading>) => Promise<TimeReading>;
}

/** The offset counts from PostgreSQL's time, which every process reads: the clock of the mover's host may be wrong. */
async function shift(tx: Transaction, toMs: number): Promise<void> {
  const wantedMs = toMs - (await readClock(tx)).databaseAt;
  const offsetMs = Math.abs(wantedMs) < REAL_WITHIN_MS ? 0 : wantedMs;
  await tx.run(sql`
    UPDATE instance SET clock_offset_ms = ${offsetMs}, clock_revision = clock_revision + 1, moving = false`);
  // Wakes the scheduler at once, instead of at its next turn.
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
