import { sql } from 'kysely';
import { col, type RowOf, rowsOf } from './row-type.ts';
import type { Transaction } from './connection.ts';

const vouchGroundRows = rowsOf('instance', ['sealId']).with({
  moment: col.text(),
});

/** The facts a process needs before it reads another's journal, for which it may vouch. */
export type VouchGround = RowOf<typeof vouchGroundRows>;

/**
 * Returns the moment for which a reading of another journal can vouch. The process that asks is registered where it
 * is not, as in a database that was restored, or after a person took it for gone: a process that takes opt-outs
 * holds the gate. An existing row is not touched: a report that was cut off keeps it locked. A process that ended
 * in order meanwhile is forgotten at once, since it was not seen here itself.
 */
export function vouchGround(tx: Transaction, id: string, at: string): Promise<VouchGround | undefined> {
  return tx.first(vouchGroundRows.sql`
    WITH registered AS (
      INSERT INTO process (id, kind, started_at, seen_at) SELECT ${id}::uuid, 'api', ${at}::timestamptz, ${at}::timestamptz - interval '3 seconds'
       WHERE NOT EXISTS (SELECT 1 FROM process WHERE id = ${id}::uuid) ON CONFLICT (id) DO NOTHING)
    SELECT clock_timestamp()::text AS moment, seal_id AS "sealId" FROM instance`);
}

/**
 * Records that all entries of another process's journal up to a moment are in the database. Only in the database
 * that gave the moment, and never for one still to come: after PostgreSQL's clock was set back that would count for
 * as long as it was set back by.
 */
export async function vouch(tx: Transaction, id: string, { moment, sealId }: VouchGround): Promise<void> {
  await tx.run(sql`
    INSERT INTO journal_vouch (process_id, vouched_at)
    SELECT p.id, ${moment}::timestamptz FROM process p CROSS JOIN instance i
     WHERE p.id = ${id}::uuid AND p.kind = 'api' AND i.seal_id IS NOT DISTINCT FROM ${sealId}::uuid
       AND ${moment}::timestamptz <= clock_timestamp()
    ON CONFLICT (process_id) DO UPDATE SET vouched_at = excluded.vouched_at
      WHERE journal_vouch.vouched_at < excluded.vouched_at OR journal_vouch.vouched_at > clock_timestamp()`);
}
