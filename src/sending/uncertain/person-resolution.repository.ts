import { sql } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import { insertRefunds, IS_CHARGED } from '../cost/cost.repository.ts';
import type { MessageKey } from '../message/message-id.ts';
import type { MessageRecord } from '../message/message-view.repository.ts';

/** A person's findings on messages of unknown outcome. */
export interface PersonalEvidence {
  /** At most 5,000 at a time. */
  readonly messages: readonly MessageKey[];
  readonly outcome: 'accepted' | 'not-accepted';
  /** ISO instant of the law clock. */
  readonly at: string;
}

const resolvedRows = rowsOf('message', ['seq']).with({
  kind: col.of('batch', 'kind').as<MessageRecord['kind']>(),
  /** The series of a reminder or correction, to be notified. */
  seriesId: col.text().orNull(),
  state: col.text<'accepted' | 'ready' | 'failed'>(),
  batchId: col.text(),
});

/** A resolved message and its present state. */
export type Resolved = RowOf<typeof resolvedRows>;

/** A cancellation is owed though its series is over: it concerns the event already announced. */
const owedCancellation = (at: string) =>
  sql`r.state IN ('cancelled', 'superseded') AND coalesce(q.step = 'cancelled' AND q.event_at > ${at}::timestamptz, false)`;

const REFUNDS = insertRefunds('held', { at: 'max(r.at)', where: `r.becomes <> 'accepted'` });

/**
 * Resolves uncertain messages by a person's finding; returns the changed ones. Not accepted: ready again while its
 * batch is still carried out and its event, or the one of a cancellation, lies ahead; otherwise failed for good.
 * Its price is returned.
 */
export async function resolveByPerson(
  tx: Transaction,
  { messages, outcome, at }: PersonalEvidence,
): Promise<readonly Resolved[]> {
  const batches = messages.map(({ batchId }) => batchId);
  const seqs = messages.map(({ seq }) => seq);
  return tx.rows(resolvedRows.sql`
    WITH held AS (
      SELECT m.batch_id, m.seq, b.kind, b.series_id, m.reason, m.submission_id, m.submission_id AS submission, m.parts, s.key, ${at}::timestamptz AS at,
             CASE WHEN ${sql.raw(IS_CHARGED)} THEN coalesce(s.price, CASE WHEN p.budget IS NULL THEN 0 ELSE coalesce(b.price, p.price) END) ELSE 0 END AS price, s.account_id, coalesce(c.phone_index, ''::bytea) AS recipient,
             CASE WHEN ${outcome} = 'accepted' THEN 'accepted'
                  WHEN b.state = 'open' AND coalesce(p.status IN ('scheduled', 'running', 'paused', 'parked'), true)
                       AND coalesce(r.state IN ('open', 'paused') AND r.event_at > ${at}::timestamptz OR ${owedCancellation(at)}, true) THEN 'ready'
                  ELSE 'failed' END::message_state AS becomes
        FROM unnest(${batches}::uuid[], ${seqs}::int[]) AS said (batch_id, seq)
        JOIN message m ON m.batch_id = said.batch_id AND m.seq = said.seq
        JOIN batch b ON b.id = m.batch_id JOIN submission s ON s.id = m.submission_id
        LEFT JOIN campaign p ON p.id = b.campaign_id LEFT JOIN reminder_series r ON r.id = b.series_id
        LEFT JOIN reminder_step q ON q.series_id = r.id AND q.revision = m.seq / 1000 AND q.position = m.seq % 1000
        LEFT JOIN contact c ON c.id = m.contact_id
       WHERE m.state = 'uncertain' ORDER BY m.batch_id, m.seq FOR UPDATE OF m),
    moved AS (
      UPDATE message m SET state = h.becomes,
             reason = CASE WHEN h.becomes = 'failed' THEN 'NOT_ACCEPTED' END,
             submission_id = CASE WHEN h.becomes = 'ready' THEN NULL ELSE m.submission_id END,
             not_before = NULL,
             accepted_at = CASE WHEN h.becomes = 'accepted' THEN ${at}::timestamptz END,
             final_at = CASE WHEN h.becomes = 'failed' THEN ${at}::timestamptz END
        FROM held h WHERE m.batch_id = h.batch_id AND m.seq = h.seq
      RETURNING h.batch_id, h.seq, h.kind, h.series_id, h.becomes, h.reason AS was, m.reason),
    kept AS (
      INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at)
      SELECT account_id, 'key:' || key, recipient, ${tx.tenantId}::uuid, batch_id, seq, submission_id, clock_timestamp()
        FROM held WHERE becomes = 'accepted' ON CONFLICT DO NOTHING),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, batch_id, becomes, reason, count(*) FROM moved GROUP BY batch_id, becomes, reason
      UNION ALL
      SELECT ${tx.tenantId}::uuid, batch_id, 'uncertain', was, -count(*) FROM moved GROUP BY batch_id, was),
    refunded AS (${sql.raw(REFUNDS)}),
    back AS (
      SELECT batch_id, coalesce(sum(parts * price), 0) AS price, bool_or(becomes = 'ready') AS again
        FROM held WHERE becomes <> 'accepted' GROUP BY batch_id),
    settled AS (
      UPDATE batch b SET spent = b.spent - k.price,
             next_action_at = CASE WHEN k.again THEN ${at}::timestamptz ELSE b.next_action_at END,
             woken_at = CASE WHEN k.again THEN NULL ELSE b.woken_at END
        FROM back k WHERE b.id = k.batch_id)
    SELECT batch_id AS "batchId", seq, kind, series_id AS "seriesId", becomes::text AS state FROM moved`);
}
