import { col, computedRows, idRows, type Transaction } from '../../platform/index.ts';
import { mostParts } from '../../sms/index.ts';

/** Lists the tenant's batches that may have sent in the time which the database has lost. */
export async function openBatches(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM batch WHERE tenant_id = ${tx.tenantId}::uuid AND state = 'open' ORDER BY id`);
  return rows.map(({ id }) => id);
}

const parkedRows = computedRows({ parked: col.number() });

/**
 * Parks as uncertain the messages of a batch that may have been sent in the lost time; returns their number. Their
 * keys are lost: only a look-up by recipient, a receipt or a person can resolve them. A price is charged at its
 * maximum, and returned when the message proves unsent. Repeating changes nothing.
 */
export async function parkLost(tx: Transaction, batchId: string, at: string): Promise<number> {
  const row = await tx.first(parkedRows.sql`
    WITH about AS MATERIALIZED (
      SELECT b.id, b.tenant_id, b.account_id, b.epoch, uuidv7() AS submission_id,
             CASE WHEN p.price IS NOT NULL THEN coalesce(p.max_parts, ${mostParts(null, at)}::int) END AS parts, coalesce(b.price, p.price) AS price, p.currency, b.territory,
             (SELECT count(*) FROM message m WHERE m.batch_id = b.id AND m.state = 'ready') AS ready
        FROM batch b LEFT JOIN campaign p ON p.id = b.campaign_id WHERE b.id = ${batchId}::uuid),
    lost AS (
      INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest, price, currency, territory, law_at)
      SELECT submission_id, tenant_id, account_id, id, epoch, right(replace(submission_id::text, '-', ''), 20), ready, clock_timestamp(), '', coalesce(price, 0), CASE WHEN price > 0 THEN currency END, territory, ${at}::timestamptz
        FROM about WHERE ready > 0),
    parked AS (
      UPDATE message m SET state = 'uncertain', reason = 'SEALED', submission_id = coalesce(m.submission_id, a.submission_id),
             not_before = NULL, parts = CASE WHEN m.state = 'ready' THEN a.parts ELSE m.parts END
        FROM about a WHERE m.batch_id = a.id AND m.state IN ('ready', 'submitting', 'uncertain') AND m.reason IS DISTINCT FROM 'SEALED'
      RETURNING OLD.state AS was, OLD.reason AS why, NEW.parts),
    noted AS (
      UPDATE batch b SET next_action_at = ${at}::timestamptz, woken_at = NULL,
             spent = b.spent + coalesce((SELECT sum(parts) FROM parked WHERE was = 'ready') * a.price, 0)
        FROM about a WHERE b.id = a.id AND EXISTS (SELECT 1 FROM parked)),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT a.tenant_id, a.id, 'uncertain'::message_state, 'SEALED', count(*) FROM parked, about a GROUP BY 1, 2
      UNION ALL SELECT a.tenant_id, a.id, was, why, -count(*) FROM parked, about a GROUP BY 1, 2, 3, 4)
    SELECT count(*)::int AS parked FROM parked`);
  return row?.parked ?? 0;
}
