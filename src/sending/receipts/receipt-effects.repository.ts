import { sql } from 'kysely';
import { col, computedRows, rowsOf, type Transaction } from '../../platform/index.ts';
import type { MessagePart } from '../gateway/gateway.ts';

/** The effect of a receipt on one message of the transaction's tenant. */
export interface ReceiptEffect {
  readonly accountId: string;
  readonly batchId: string;
  readonly seq: number;
  readonly state: 'delivered' | 'undelivered';
  readonly reason: string | null;
  /** The number concerned, as this tenant's blind index; null when the operator gives none. */
  readonly phoneIndex: Buffer | null;
  /** The operator's own id of the message; null when it gives none. */
  readonly gatewayId: string | null;
}

/** `early`: not accepted yet; `late`: final already; `foreign`: not a message of that account to that number. */
export type Applied = 'applied' | 'late' | 'early' | 'foreign';

/** Makes this transaction find rows by keys, however few a table holds. */
export const byKeysAlone = (tx: Transaction): Promise<number> =>
  tx.run(sql`
    SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
           set_config('enable_mergejoin', 'off', true)`);

/** Messages that receipts name, and whether each was submitted through that account to that number. */
export const HELD = {
  of: sql`
        JOIN message m ON m.batch_id = t.batch_id AND m.seq = t.seq JOIN batch b ON b.id = m.batch_id
        LEFT JOIN submission s ON s.id = m.submission_id
        LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN acknowledgement k ON k.batch_id = m.batch_id AND k.seq = m.seq`,
  ours: sql`(
             coalesce(s.account_id, b.account_id) = t.account_id
               AND (t.phone_index IS NULL OR coalesce(c.phone_index, k.phone_index) = t.phone_index
                    OR c.number_version > 1 OR c.id IS NULL AND k.inbound_id IS NULL))`,
} as const;

const touchedRows = computedRows({
  nth: col.number(),
  was: col.text(),
  ours: col.flag(),
  moved: col.flag(),
});

/**
 * Moves messages forward by their receipts, one each, if we submitted them through that account to that number. The
 * operator's id of an uncertain message is kept, where its call was for that message alone: an id of several
 * identifies none. An erased person has no number left to compare, and one who changed theirs has another. `at` is
 * an ISO instant of the law clock. Returns the result of each, in order.
 */
export async function applyReceipts(
  tx: Transaction,
  effects: readonly ReceiptEffect[],
  at: string,
): Promise<readonly Applied[]> {
  if (effects.length === 0) return [];
  const rows = await tx.rows(touchedRows.sql`
    WITH told AS MATERIALIZED (
      SELECT * FROM unnest(${effects.map(({ batchId }) => batchId)}::uuid[], ${effects.map(({ seq }) => seq)}::int[],
                           ${effects.map(({ accountId }) => accountId)}::uuid[], ${effects.map(({ state }) => state)}::text[],
                           ${effects.map(({ reason }) => reason)}::text[], ${effects.map(({ phoneIndex }) => phoneIndex)}::bytea[],
                           ${effects.map(({ gatewayId }) => gatewayId)}::text[])
        WITH ORDINALITY AS t(batch_id, seq, account_id, state, reason, phone_index, gateway_id, nth)),
    held AS MATERIALIZED (
      SELECT t.nth, t.state AS told, t.reason AS because, m.batch_id, m.seq, m.state, m.reason,
             t.account_id, CASE WHEN s.messages = 1 THEN t.gateway_id END AS gateway_id, s.id AS submission_id,
             ${HELD.ours} AS ours
        FROM told t ${HELD.of}
       ORDER BY m.batch_id, m.seq FOR UPDATE OF m),
    moved AS (
      UPDATE message m SET state = h.told::message_state, reason = h.because, final_at = ${at}::timestamptz,
             accepted_at = coalesce(m.accepted_at, ${at}::timestamptz)
        FROM held h WHERE m.batch_id = h.batch_id AND m.seq = h.seq AND h.ours AND h.state IN ('accepted', 'uncertain')
      RETURNING h.nth, h.batch_id, h.seq, h.state AS was, h.reason AS why, h.told, h.because, h.account_id, h.gateway_id, h.submission_id),
    taken AS (
      INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at)
      SELECT account_id, gateway_id, '', ${tx.tenantId}::uuid, batch_id, seq, submission_id, clock_timestamp()
        FROM moved WHERE was = 'uncertain' AND gateway_id IS NOT NULL ON CONFLICT DO NOTHING),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, batch_id, told::message_state, because, count(*) FROM moved GROUP BY batch_id, told, because
      UNION ALL SELECT ${tx.tenantId}::uuid, batch_id, was, why, -count(*) FROM moved GROUP BY batch_id, was, why)
    SELECT h.nth::int AS nth, h.state::text AS was, h.ours IS TRUE AS ours, v.nth IS NOT NULL AS moved
      FROM held h LEFT JOIN moved v ON v.nth = h.nth`);
  const touched = new Map(rows.map((row) => [row.nth, row]));
  return effects.map((_, place) => {
    const row = touched.get(place + 1);
    if (row === undefined || !row.ours) return 'foreign';
    if (row.moved) return 'applied';
    return row.was === 'submitting' || row.was === 'ready' ? 'early' : 'late';
  });
}

const messageStateRows = rowsOf('message', ['state']).with({ nth: col.number() });

/** Reads the states of messages of the transaction's tenant, in order; undefined for unknown ones. */
export async function statesOf(
  tx: Transaction,
  messages: readonly { readonly batchId: string; readonly seq: number }[],
): Promise<readonly (string | undefined)[]> {
  const rows = await tx.rows(messageStateRows.sql`
    SELECT t.nth::int AS nth, m.state::text AS state
      FROM unnest(${messages.map(({ batchId }) => batchId)}::uuid[], ${messages.map(({ seq }) => seq)}::int[])
        WITH ORDINALITY AS t(batch_id, seq, nth) JOIN message m ON m.batch_id = t.batch_id AND m.seq = t.seq`);
  const found = new Map(rows.map(({ nth, state }) => [nth, state]));
  return messages.map((_, place) => found.get(place + 1));
}

/** A receipt that ends nothing, and yet proves that the operator accepted a message. */
interface OnItsWay extends Pick<ReceiptEffect, 'accountId' | 'batchId' | 'seq' | 'phoneIndex'> {
  readonly gatewayId: string;
  /** The part of that id; null where it is of the whole message. */
  readonly part: MessagePart | null;
  /** ISO instant of the law clock. */
  readonly at: string;
}

/**
 * Accepts an uncertain message that its operator reports on, and keeps the id for later receipts. Of a message in
 * several parts every one must be known to be accepted. Other messages stay as they are.
 */
export async function acceptByReceipt(tx: Transaction, receipt: OnItsWay): Promise<void> {
  if (receipt.part !== null && !(await completesParts(tx, receipt, receipt.part))) return;
  await tx.run(sql`
    WITH held AS (
      SELECT m.batch_id, m.seq, m.state, m.reason, m.submission_id
        FROM message m JOIN batch b ON b.id = m.batch_id LEFT JOIN submission s ON s.id = m.submission_id
        LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN acknowledgement k ON k.batch_id = m.batch_id AND k.seq = m.seq
       WHERE m.batch_id = ${receipt.batchId}::uuid AND m.seq = ${receipt.seq} AND coalesce(s.account_id, b.account_id) = ${receipt.accountId}::uuid
         AND (${receipt.phoneIndex}::bytea IS NULL OR coalesce(c.phone_index, k.phone_index) = ${receipt.phoneIndex} OR c.number_version > 1)
         FOR UPDATE OF m),
    moved AS (
      UPDATE message m SET state = 'accepted', reason = NULL, accepted_at = ${receipt.at}::timestamptz
        FROM held h WHERE m.batch_id = h.batch_id AND m.seq = h.seq AND h.state = 'uncertain'
      RETURNING h.submission_id, h.reason AS why),
    taken AS (
      INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at)
      SELECT ${receipt.accountId}::uuid, ${receipt.gatewayId}, '', ${tx.tenantId}::uuid, ${receipt.batchId}::uuid, ${receipt.seq}, submission_id, clock_timestamp()
        FROM moved WHERE ${receipt.part === null} ON CONFLICT DO NOTHING)
    INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
    SELECT ${tx.tenantId}::uuid, ${receipt.batchId}::uuid, 'accepted'::message_state, NULL, 1 FROM moved
    UNION ALL SELECT ${tx.tenantId}::uuid, ${receipt.batchId}::uuid, 'uncertain'::message_state, why, -1 FROM moved`);
}

/**
 * Accepts uncertain messages with a delivered part: they were sent, whatever became of their other parts. Nobody
 * may call them not accepted any more, which would send them again. `at` is an ISO instant of the law clock.
 */
export async function acceptInDoubt(
  tx: Transaction,
  effects: readonly ReceiptEffect[],
  at: string,
): Promise<void> {
  if (effects.length === 0) return;
  await tx.run(sql`
    WITH moved AS (
      UPDATE message m SET state = 'accepted', reason = NULL, accepted_at = ${at}::timestamptz
        FROM unnest(${effects.map(({ batchId }) => batchId)}::uuid[], ${effects.map(({ seq }) => seq)}::int[],
                    ${effects.map(({ accountId }) => accountId)}::uuid[], ${effects.map(({ gatewayId }) => gatewayId)}::text[])
          AS t(batch_id, seq, account_id, gateway_id)
       WHERE m.batch_id = t.batch_id AND m.seq = t.seq AND m.state = 'uncertain'
      RETURNING m.batch_id, m.seq, m.submission_id, OLD.reason AS why, t.account_id, t.gateway_id),
    taken AS (
      INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at)
      SELECT account_id, gateway_id, '', ${tx.tenantId}::uuid, batch_id, seq, submission_id, clock_timestamp() FROM moved v
       WHERE gateway_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM acceptance a WHERE a.batch_id = v.batch_id AND a.seq = v.seq AND a.submission_id = v.submission_id AND a.parts > 1)
      ON CONFLICT DO NOTHING)
    INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
    SELECT ${tx.tenantId}::uuid, batch_id, 'accepted'::message_state, NULL, count(*) FROM moved GROUP BY batch_id
     UNION ALL SELECT ${tx.tenantId}::uuid, batch_id, 'uncertain'::message_state, why, -count(*) FROM moved GROUP BY batch_id, why`);
}

const knownRows = computedRows({ known: col.number() });

/** Stores the id of a part whose answer came late; says whether all ids are known now. */
async function completesParts(tx: Transaction, receipt: OnItsWay, part: MessagePart): Promise<boolean> {
  const place = sql`m.batch_id = ${receipt.batchId}::uuid AND m.seq = ${receipt.seq}`;
  await tx.run(sql`SELECT 1 FROM message m WHERE ${place} FOR UPDATE`);
  await tx.run(sql`
    UPDATE acceptance a SET gateway_id = ${receipt.gatewayId} FROM message m
     WHERE ${place} AND a.batch_id = m.batch_id AND a.seq = m.seq AND a.submission_id = m.submission_id
       AND a.part = ${part.at} AND a.parts = ${part.of} AND starts_with(a.gateway_id, 'key:')
       AND NOT EXISTS (SELECT FROM acceptance k WHERE k.account_id = a.account_id AND k.gateway_id = ${receipt.gatewayId})`);
  const row = await tx.first(knownRows.sql`
    SELECT count(*)::int AS known FROM message m
      JOIN acceptance a ON a.batch_id = m.batch_id AND a.seq = m.seq AND a.submission_id = m.submission_id
     WHERE ${place} AND a.parts > 1 AND NOT starts_with(a.gateway_id, 'key:')`);
  return row?.known === part.of;
}
