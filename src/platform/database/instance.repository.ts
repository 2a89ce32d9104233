import { sql } from 'kysely';
import { col, computedRows, rowsOf } from './row-type.ts';
import type { Transaction } from './connection.ts';

const whyRows = computedRows({ why: col.of('instance', 'sealedWhy') });

/** Returns the reason why nothing may be marked, when the instance is sealed. */
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

/** Opens the seal; marks are allowed from the commit on. */
export async function openSeal(tx: Transaction): Promise<void> {
  await tx.run(sql`UPDATE instance SET sealed = false, sealed_why = NULL WHERE sealed`);
}

/** The findings of the last housekeeping. */
export interface HousekeepingState {
  /** Batches whose tally differs from their messages. */
  readonly tallyDifferences: number;
  /** True when some messages lie in no month's partition. */
  readonly strayMessages: boolean;
  /** Returns of the last hour, in the tenant with the most. */
  readonly returnsLastHour: number;
  /** Opt-outs of the last day that were recorded past the ceiling while their person could still be written to. */
  readonly lateOptOutsLastDay: number;
}

/** The progress of the rotation of keys. */
export interface RotationState {
  /** True when keys are announced, or rows are still under older ones. */
  readonly rotationOpen: boolean;
  readonly rowsResealed: number;
}

/** The counts that housekeeping keeps of itself. */
export interface HousekeepingWatch {
  /** Messages handed to operators outside their decision; must be 0. */
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
