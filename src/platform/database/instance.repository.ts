import { sql } from 'kysely';
import { col, computedRows, rowsOf } from './row-type.ts';
import type { Transaction } from './connection.ts';

const whyRows = computedRows({ why: col.of('instance', 'sealedWhy') });

/** Why nothing may be marked, when the instance is sealed. */
export async function sealOf(tx: Transaction): Promise<string | undefined> {
  const row = await tx.first(whyRows.sql`SELECT sealed_why AS why FROM instance WHERE sealed`);
  return row === undefined ? undefined : (row.why ?? 'sealed');
}

const sealIdOfRows = computedRows({ id: col.of('instance', 'sealId') });

/** Names the seal that was put last, opened or not; null when none ever was. */
export async function sealIdOf(tx: Transaction): Promise<string | null> {
  return (await tx.first(sealIdOfRows.sql`SELECT seal_id AS id FROM instance`))?.id ?? null;
}

const nameRows = computedRows({ name: col.text() });

/** The names of the migrations applied. */
export async function appliedMigrations(tx: Transaction): Promise<string[]> {
  const rows = await tx.rows(nameRows.sql`SELECT name FROM migration ORDER BY name`);
  return rows.map(({ name }) => name);
}

/** Opens the seal; what held every mark back is gone with the commit. */
export async function openSeal(tx: Transaction): Promise<void> {
  await tx.run(sql`UPDATE instance SET sealed = false, sealed_why = NULL WHERE sealed`);
}

/** What housekeeping found at its last turn. */
export interface HouseState {
  /** Batches whose tally and messages give two counts. */
  readonly tallyDifferences: number;
  /** Whether messages lie in no month's partition. */
  readonly strayMessages: boolean;
  /** People who came back within the hour, in the tenant where there were most. */
  readonly returnsLastHour: number;
  /** Leavings of the last day that came on record past the ceiling while their person could be written to. */
  readonly lateLeavingsLastDay: number;
}

/** How far the rotation of keys has come. */
export interface RotationState {
  /** Whether keys are announced, or rows are still under older ones. */
  readonly rotationOpen: boolean;
  readonly rowsResealed: number;
}

/** What the house counts for itself as it goes. */
export interface HouseWatch {
  /** Handed to operators outside what its decision allowed; must be 0. */
  readonly attemptsOutside: number;
  /** Since retention last went through every tenant. */
  readonly retentionAgeSeconds: number;
}

/** Keeps what housekeeping found, for the metrics of every process. */
export async function noteHousekeeping(tx: Transaction, found: HouseState): Promise<void> {
  await tx.run(
    sql`UPDATE instance SET (tally_differences, stray_messages, returns_last_hour, late_leavings_last_day) =
               (${found.tallyDifferences}, ${found.strayMessages}, ${found.returnsLastHour}, ${found.lateLeavingsLastDay})
         WHERE (tally_differences, stray_messages, returns_last_hour, late_leavings_last_day) IS DISTINCT FROM
               (${found.tallyDifferences}::int, ${found.strayMessages}::boolean, ${found.returnsLastHour}::int,
                ${found.lateLeavingsLastDay}::int)`,
  );
}

const readHousekeepingRows = rowsOf('instance', [
  'tallyDifferences',
  'strayMessages',
  'returnsLastHour',
  'lateLeavingsLastDay',
  'rowsResealed',
  'attemptsOutside',
]).with({ rotationOpen: col.flag(), retentionAgeSeconds: col.number() });

/** What housekeeping found last, and how far keys are rotated. */
export async function readHousekeeping(
  tx: Transaction,
): Promise<(HouseState & RotationState & HouseWatch) | undefined> {
  return tx.first(readHousekeepingRows.sql`
    SELECT tally_differences AS "tallyDifferences", stray_messages AS "strayMessages", returns_last_hour AS "returnsLastHour",
           late_leavings_last_day AS "lateLeavingsLastDay",
           attempts_outside::float8 AS "attemptsOutside",
           greatest(extract(epoch FROM clock_timestamp() - cleaned_at), 0)::float8 AS "retentionAgeSeconds",
           keys_revision > keys_settled AS "rotationOpen", rows_resealed::float8 AS "rowsResealed"
      FROM instance`);
}
