import { col, computedRows, type Transaction } from '../../platform/index.ts';

/** Rows ended in one transaction: locks and WAL stay small. */
const MOST = 5_000;

/** The batch to end, and the reason. */
export interface BatchEnding {
  readonly batchId: string;
  readonly state: 'excluded' | 'expired';
  readonly reason: string;
  /** ISO instant of the law clock. */
  readonly at: string;
}

const endedRows = computedRows({ ended: col.number() });

/** Ends up to 5,000 unsent messages of a batch; returns their number. */
export async function endReady(tx: Transaction, ending: BatchEnding): Promise<number> {
  const row = await tx.first(endedRows.sql`
    WITH chosen AS MATERIALIZED (
      SELECT seq FROM message WHERE batch_id = ${ending.batchId}::uuid AND state = 'ready' ORDER BY seq LIMIT ${MOST} FOR UPDATE),
    ended AS (
      UPDATE message m SET state = ${ending.state}::message_state, reason = ${ending.reason}, not_before = NULL, final_at = ${ending.at}::timestamptz
        FROM chosen WHERE m.batch_id = ${ending.batchId}::uuid AND m.seq = chosen.seq AND m.state = 'ready'
      RETURNING m.seq),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, ${ending.batchId}::uuid, ${ending.state}::message_state, ${ending.reason}, count(*) FROM ended HAVING count(*) > 0
      UNION ALL
      SELECT ${tx.tenantId}::uuid, ${ending.batchId}::uuid, 'ready'::message_state, NULL, -count(*) FROM ended HAVING count(*) > 0)
    SELECT count(*)::int AS ended FROM ended`);
  return row?.ended ?? 0;
}
