import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import type { MessageKey } from './message-id.ts';

/** What a person found out about a message whose fate was unknown. */
export interface PersonalEvidence extends MessageKey {
  readonly outcome: 'accepted' | 'not-accepted';
  /** ISO instant of the law clock. */
  readonly at: string;
}

/**
 * Moves an uncertain message by the word of a person; answers its new state, or nothing when it is not uncertain.
 *
 * Not accepted: ready again while its batch is still carried out, otherwise failed for good; its price is given back.
 */
export async function resolveByPerson(
  tx: Transaction,
  { batchId, seq, outcome, at }: PersonalEvidence,
): Promise<string | undefined> {
  const row = await tx.first(sql<{ state: string }>`
    WITH held AS (
      SELECT m.batch_id, m.seq, m.reason, m.submission_id, m.parts, s.key,
             CASE WHEN p.budget IS NULL THEN 0 ELSE p.price END AS price, b.account_id, coalesce(c.phone_index, ''::bytea) AS recipient,
             CASE WHEN ${outcome} = 'accepted' THEN 'accepted'
                  WHEN b.state = 'open' AND coalesce(p.status IN ('scheduled', 'running', 'paused', 'parked'), true)
                       AND coalesce(r.state IN ('open', 'paused') AND r.event_at > ${at}::timestamptz, true) THEN 'ready'
                  ELSE 'failed' END::message_state AS becomes
        FROM message m JOIN batch b ON b.id = m.batch_id JOIN submission s ON s.id = m.submission_id
        LEFT JOIN campaign p ON p.id = b.campaign_id LEFT JOIN reminder_series r ON r.id = b.series_id
        LEFT JOIN contact c ON c.id = m.contact_id
       WHERE m.batch_id = ${batchId}::uuid AND m.seq = ${seq} AND m.state = 'uncertain' FOR UPDATE OF m),
    moved AS (
      UPDATE message m SET state = h.becomes,
             reason = CASE WHEN h.becomes = 'failed' THEN 'NOT_ACCEPTED' END,
             submission_id = CASE WHEN h.becomes = 'ready' THEN NULL ELSE m.submission_id END,
             not_before = NULL,
             accepted_at = CASE WHEN h.becomes = 'accepted' THEN ${at}::timestamptz END,
             final_at = CASE WHEN h.becomes = 'failed' THEN ${at}::timestamptz END
        FROM held h WHERE m.batch_id = h.batch_id AND m.seq = h.seq
      RETURNING h.becomes, h.reason AS was, m.reason),
    kept AS (
      INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at)
      SELECT account_id, 'key:' || key, recipient, ${tx.tenantId}::uuid, batch_id, seq, submission_id, clock_timestamp()
        FROM held WHERE becomes = 'accepted' ON CONFLICT DO NOTHING),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, ${batchId}::uuid, becomes, reason, 1 FROM moved
      UNION ALL SELECT ${tx.tenantId}::uuid, ${batchId}::uuid, 'uncertain', was, -1 FROM moved),
    settled AS (
      UPDATE batch b SET spent = b.spent - coalesce(h.parts * h.price, 0),
             next_action_at = CASE WHEN h.becomes = 'ready' THEN ${at}::timestamptz ELSE b.next_action_at END,
             woken_at = CASE WHEN h.becomes = 'ready' THEN NULL ELSE b.woken_at END
        FROM held h WHERE b.id = h.batch_id AND h.becomes <> 'accepted')
    SELECT becomes::text AS state FROM moved`);
  return row?.state;
}
