import { col, computedRows, type Transaction } from '../../platform/index.ts';

const parkedRows = computedRows({ parked: col.number() });

/**
 * Parks as uncertain each step that was due and may have been sent in the time which the database has lost. A
 * message of a series is made when its step is due: those made in the lost time are made again here, and their
 * outcome is asked for. Returns their number; repeating changes nothing.
 */
export async function parkLostSteps(tx: Transaction, at: string): Promise<number> {
  const row = await tx.first(parkedRows.sql`
    WITH due AS MATERIALIZED (
      SELECT s.id AS series_id, s.batch_id, s.account_id, s.contact_id, p.revision, p.revision * 1000 + p.position AS seq, uuidv7() AS submission_id
        FROM reminder_series s JOIN reminder_step p ON p.series_id = s.id
       WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.state IN ('open', 'paused', 'cancelled', 'superseded') AND p.state = 'planned'
         AND p.planned_at <= ${at}::timestamptz
         AND NOT EXISTS (SELECT 1 FROM message m WHERE m.batch_id = s.batch_id AND m.seq = p.revision * 1000 + p.position)),
    lost AS (
      INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest, law_at)
      SELECT submission_id, ${tx.tenantId}::uuid, account_id, batch_id, 0, right(replace(submission_id::text, '-', ''), 20), 1, clock_timestamp(), '', ${at}::timestamptz
        FROM due),
    parked AS (
      INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, reason, submission_id, revision)
      SELECT batch_id, seq, ${tx.tenantId}::uuid, contact_id, 'uncertain'::message_state, 'SEALED', submission_id, revision FROM due
      RETURNING batch_id),
    sized AS (
      UPDATE batch b SET size = b.size + n.parked, state = 'open'
        FROM (SELECT batch_id, count(*) AS parked FROM parked GROUP BY 1) n WHERE b.id = n.batch_id),
    noted AS (
      UPDATE reminder_series SET next_action_at = ${at}::timestamptz, woken_at = NULL WHERE id IN (SELECT series_id FROM due)),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, batch_id, 'uncertain'::message_state, 'SEALED', count(*) FROM parked GROUP BY batch_id)
    SELECT count(*)::int AS parked FROM parked`);
  return row?.parked ?? 0;
}
