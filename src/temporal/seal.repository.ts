import { sql } from 'kysely';
import { col, type Database, type RowOf, rowsOf } from '../platform/index.ts';

const sealedDatabaseRows = rowsOf('instance', ['sealed', 'heartbeat', 'sealId']).with({
  everSent: col.flag(),
  /** PostgreSQL's identifier of the cluster. */
  system: col.text(),
  /** PostgreSQL's timeline, which changes with a restore to a point in time and with a failover. */
  timeline: col.text(),
});

export type SealedDatabase = RowOf<typeof sealedDatabaseRows>;

/** Thrown for a database without its one instance row. */
class InstanceRowGone extends Error {
  override readonly name = 'InstanceRowGone';
}

export function readSeal(database: Database): Promise<SealedDatabase> {
  return database.outside(async (tx) => {
    const row = await tx.first(sealedDatabaseRows.sql`
      SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,
             left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline,
             heartbeat::float8 AS heartbeat, seal_id AS "sealId", sealed, has_submissions() AS "everSent"
        FROM instance`);
    if (row === undefined) throw new InstanceRowGone('the instance row is missing: run the migrations');
    return row;
  });
}

const heartbeatRows = rowsOf('instance', ['heartbeat']);

/** Raises the heartbeat, which never falls, and returns it; undefined while the instance is sealed. */
export function raiseHeartbeat(database: Database): Promise<number | undefined> {
  return database.outside(async (tx) => {
    const row = await tx.first(heartbeatRows.sql`
      UPDATE instance SET heartbeat = heartbeat + 1 WHERE NOT sealed RETURNING heartbeat::float8 AS heartbeat`);
    return row?.heartbeat;
  });
}

/**
 * Seals the instance: every gate is closed until an admin opens the seal, and every process with a journal has to replay
 * it for this seal. A seal belongs to one database, so an instance that is sealed already gets another seal when this is
 * another database: its cluster or timeline has changed since it was sealed, or its seal is among those known to be
 * `opened`, so that it comes from a backup made before the opening.
 */
export async function sealInstance(
  database: Database,
  { why, opened }: { readonly why: string; readonly opened: readonly string[] },
): Promise<void> {
  await database.outside(async (tx) => {
    const sealed = await tx.run(sql`
      UPDATE instance SET sealed = true, sealed_why = ${why}, seal_id = uuidv7(), sealed_as = now_is.name
        FROM (SELECT (SELECT system_identifier::text FROM pg_control_system()) || ' '
                     || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS name) now_is
       WHERE NOT sealed OR sealed_as IS DISTINCT FROM now_is.name OR seal_id = ANY(${opened}::uuid[])`);
    if (sealed !== 1) return;
    await tx.run(sql`UPDATE process SET drained_at = NULL WHERE kind = 'api'`);
    await tx.run(sql`DELETE FROM journal_vouch`);
  });
}
