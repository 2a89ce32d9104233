import { sql } from 'kysely';
import { col, type RowOf, rowsOf } from '../database/row-type.ts';
import type { Transaction } from '../database/connection.ts';

/** What a process that runs knows of keys. */
export interface ProcessKeys {
  /** The key-encryption key that it wraps with. */
  readonly ringCurrent: number;
  readonly ringVersions: readonly number[];
  /** The revision of the database's keys that it has read. */
  readonly revision: number;
}

/** Longer than a process that runs is ever silent. */
const SILENT_FOR = '10 seconds';

/** Says what a process knows; false while the process is not registered. */
export async function noteKeys(tx: Transaction, id: string, known: ProcessKeys): Promise<boolean> {
  const touched = await tx.run(sql`
    UPDATE process SET ring_current = ${known.ringCurrent}, ring_versions = ${known.ringVersions.map(String)}::text[],
           keys_revision = ${known.revision}
     WHERE id = ${id}::uuid`);
  return touched > 0;
}

const keysOfProcessesRows = rowsOf('process', ['ringCurrent', 'kind']).with({
  ringVersions: col.list<number>(),
  revision: col.of('process', 'keysRevision'),
});

/** What each process that was heard of lately knows. */
export const keysOfProcesses = (tx: Transaction): Promise<(ProcessKeys & { readonly kind: string })[]> =>
  tx.rows(keysOfProcessesRows.sql`
    SELECT kind, ring_current AS "ringCurrent", ring_versions::int[] AS "ringVersions", keys_revision::float8 AS revision
      FROM process WHERE seen_at > clock_timestamp() - ${SILENT_FOR}::interval ORDER BY id`);

const rotationStateRows = rowsOf('instance', ['indexMoving']).with({
  revision: col.of('instance', 'keysRevision'),
  settled: col.of('instance', 'keysSettled'),
});

/** How far rotations have come: the revision, and the one at which nothing was left to do. */
export async function rotationState(tx: Transaction): Promise<KeysNews & { readonly settled: number }> {
  const row = await tx.first(rotationStateRows.sql`
    SELECT keys_revision::float8 AS revision, index_moving AS "indexMoving", keys_settled::float8 AS settled
      FROM instance`);
  return row ?? { revision: 0, indexMoving: false, settled: 0 };
}

/** The same, with every other order about index keys made to wait. */
export async function lockedRotationState(tx: Transaction): ReturnType<typeof rotationState> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended('order of index keys', 0))`);
  return rotationState(tx);
}

/** Notes what a turn of rotation sealed anew; a turn that found nothing settles the revision. */
export async function noteResealed(tx: Transaction, rows: number, revision: number): Promise<void> {
  await tx.run(
    rows === 0
      ? sql`UPDATE instance SET keys_settled = greatest(keys_settled, ${revision}::bigint)`
      : sql`UPDATE instance SET rows_resealed = rows_resealed + ${rows}::bigint`,
  );
}

const keysNewsRows = rowsOf('instance', ['indexMoving']).with({
  revision: col.of('instance', 'keysRevision'),
});

/** What every process is told of keys each second. */
export type KeysNews = RowOf<typeof keysNewsRows>;

/** What changed since a process last looked. */
export async function keysNews(tx: Transaction): Promise<KeysNews> {
  const row = await tx.first(keysNewsRows.sql`
    SELECT keys_revision::float8 AS revision, index_moving AS "indexMoving" FROM instance`);
  return row ?? { revision: 0, indexMoving: false };
}

/** Tells every process that keys were made or came into force. */
export async function raiseKeysRevision(tx: Transaction): Promise<void> {
  await tx.run(sql`UPDATE instance SET keys_revision = keys_revision + 1`);
}

/** Tells every process that indexes move. */
export async function beginIndexMove(tx: Transaction): Promise<void> {
  await tx.run(sql`UPDATE instance SET index_moving = true, keys_revision = keys_revision + 1`);
}

/** Tells every process that no index moves any more; nothing when keys were made or came into force since. */
export async function endIndexMove(tx: Transaction, revision: number): Promise<void> {
  await tx.run(sql`
    UPDATE instance SET index_moving = false, keys_revision = keys_revision + 1
     WHERE index_moving AND keys_revision = ${revision}::bigint`);
}
