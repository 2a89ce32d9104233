import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import type { OptedOutBatch } from './hearsay.repository.ts';

/** A receipt about to be kept, before it is understood. */
export interface ReceiptRecord {
  readonly id: string;
  readonly accountId: string;
  readonly digest: Buffer;
  /** The same under the keys of before. */
  readonly olderDigests: readonly Buffer[];
  readonly sealed: Buffer;
  /** ISO instant of the machine clock. */
  readonly receivedAt: string;
}

/** Keeps receipts as they came; the same delivery twice is kept once. */
export async function keepReceipts(tx: Transaction, receipts: readonly ReceiptRecord[]): Promise<void> {
  const rows = receipts.map((one) => ({
    ...one,
    digest: one.digest.toString('hex'),
    olderDigests: one.olderDigests.map((digest) => digest.toString('hex')),
    sealed: one.sealed.toString('hex'),
  }));
  await tx.run(sql`
    INSERT INTO receipt (id, account_id, digest, sealed, received_at, next_try_at)
    SELECT r.id, r."accountId", decode(r.digest, 'hex'), decode(r.sealed, 'hex'), r."receivedAt", r."receivedAt"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r(id uuid, "accountId" uuid, digest text, "olderDigests" text[], sealed text, "receivedAt" timestamptz)
     WHERE NOT EXISTS (SELECT 1 FROM unnest(r."olderDigests") older JOIN receipt k
                         ON k.account_id = r."accountId" AND k.digest = decode(older, 'hex'))
    ON CONFLICT (account_id, digest) DO NOTHING`);
}

/** A receipt that waits for its message. */
export interface WaitingReceipt {
  readonly id: string;
  readonly accountId: string;
  readonly sealed: Buffer;
  readonly tries: number;
  /** ISO instant of the machine clock. */
  readonly receivedAt: string;
}

/** Receipts to try now, oldest first. */
export const waitingReceipts = (tx: Transaction, most: number): Promise<WaitingReceipt[]> =>
  tx.rows(sql<WaitingReceipt>`
    SELECT id, account_id AS "accountId", sealed, tries, iso(received_at) AS "receivedAt" FROM receipt
     WHERE matched_at IS NULL AND next_try_at <= clock_timestamp() ORDER BY next_try_at LIMIT ${most}`);

/** Notes which receipts found their message, and empties them; the others are tried again, ever more rarely, for 30 days. */
export async function settleReceipts(
  tx: Transaction,
  matched: readonly string[],
  unmatched: readonly string[],
): Promise<void> {
  await tx.run(
    sql`UPDATE receipt SET matched_at = clock_timestamp(), sealed = '' WHERE id = ANY (${matched}::uuid[])`,
  );
  await tx.run(sql`
    UPDATE receipt SET tries = tries + 1, next_try_at = clock_timestamp() + make_interval(secs => least(86400, power(2, least(tries, 17))))
     WHERE id = ANY (${unmatched}::uuid[])`);
}

/** Tells when an account last told anything. */
export async function noteReceipt(tx: Transaction, accountId: string, at: string): Promise<void> {
  await tx.run(
    sql`UPDATE gateway_account SET last_receipt_at = ${at}, state = 'up', updated_at = clock_timestamp() WHERE id = ${accountId}`,
  );
}

/** The tenant that owns a batch, if any. */
export async function tenantOfBatch(tx: Transaction, batchId: string): Promise<string | undefined> {
  const row = await tx.first(sql<{ tenant_id: string }>`SELECT tenant_id FROM tenant_of_batch(${batchId})`);
  return row?.tenant_id;
}

/** The message an operator's id stands for, when that id names one alone. */
export async function ownerOfReceipt(
  tx: Transaction,
  accountId: string,
  gatewayId: string,
): Promise<{ readonly tenantId: string; readonly batchId: string; readonly seq: number } | undefined> {
  const rows = await tx.rows(sql<{ tenantId: string; batchId: string; seq: number }>`
    SELECT tenant_id AS "tenantId", batch_id AS "batchId", seq FROM owners_of_receipt(${accountId}, ${gatewayId})`);
  return rows.length === 1 ? rows[0] : undefined;
}

/** What a batch is for, and at which account. */
export const batchOf = (tx: Transaction, batchId: string): Promise<OptedOutBatch | undefined> =>
  tx.first(sql<OptedOutBatch>`
    SELECT b.id AS "batchId", b.tenant_id AS "tenantId", b.purpose, g.name AS "accountName"
      FROM batch b JOIN gateway_account g ON g.id = b.account_id WHERE b.id = ${batchId}`);

/** Messages to a number that were taken, or may have been, under an id that nobody told; two are enough to doubt. */
export const lostMessages = (
  tx: Transaction,
  about: { readonly accountId: string; readonly phoneIndex: Buffer; readonly receivedAt: string },
): Promise<{ batchId: string; seq: number }[]> =>
  tx.rows(sql<{ batchId: string; seq: number }>`
    SELECT m.batch_id AS "batchId", m.seq
      FROM contact c JOIN message m ON m.tenant_id = c.tenant_id AND m.contact_id = c.id
      JOIN batch b ON b.id = m.batch_id AND b.account_id = ${about.accountId}
      JOIN submission s ON s.id = m.submission_id
       AND s.marked_at BETWEEN ${about.receivedAt}::timestamptz - interval '3 days' AND ${about.receivedAt}::timestamptz
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.phone_index = ${about.phoneIndex}
       AND (m.state = 'uncertain' OR m.state = 'accepted' AND EXISTS (
             SELECT FROM acceptance a WHERE a.account_id = b.account_id AND a.gateway_id = 'key:' || s.key))
     LIMIT 2`);

/** What a receipt does to one message of the transaction's tenant. */
export interface ReceiptEffect {
  readonly accountId: string;
  readonly batchId: string;
  readonly seq: number;
  readonly state: 'delivered' | 'undelivered';
  readonly reason: string | null;
  /** The number it speaks of, as this tenant's blind index; null when the operator says none. */
  readonly phoneIndex: Buffer | null;
  /** ISO instant of the law clock. */
  readonly at: string;
}

/**
 * Moves a message forward by its receipt, if we submitted it through that account to that number.
 *
 * Somebody erased has no number left to compare, somebody who changed theirs has another. Answers `early` while the message is not accepted yet, `applied`, `late` when it was final already, or `foreign`.
 */
export async function applyReceipt(
  tx: Transaction,
  effect: ReceiptEffect,
): Promise<'applied' | 'late' | 'early' | 'foreign'> {
  const row = await tx.first(sql<{ was: string; ours: boolean; moved: boolean }>`
    WITH held AS (
      SELECT m.batch_id, m.seq, m.state, m.reason,
             b.account_id = ${effect.accountId}::uuid AND (${effect.phoneIndex}::bytea IS NULL OR coalesce(c.phone_index, k.phone_index) = ${effect.phoneIndex} OR c.number_version > 1 OR c.id IS NULL AND k.inbound_id IS NULL) AS ours
        FROM message m JOIN batch b ON b.id = m.batch_id
        LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN acknowledgement k ON k.batch_id = m.batch_id AND k.seq = m.seq
       WHERE m.batch_id = ${effect.batchId}::uuid AND m.seq = ${effect.seq} FOR UPDATE OF m),
    moved AS (
      UPDATE message m SET state = ${effect.state}::message_state, reason = ${effect.reason}, final_at = ${effect.at}::timestamptz,
             accepted_at = coalesce(m.accepted_at, ${effect.at}::timestamptz)
        FROM held h WHERE m.batch_id = h.batch_id AND m.seq = h.seq AND h.ours AND h.state IN ('accepted', 'uncertain')
      RETURNING h.state AS was, h.reason AS why),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, ${effect.batchId}::uuid, ${effect.state}::message_state, ${effect.reason}, 1 FROM moved
      UNION ALL SELECT ${tx.tenantId}::uuid, ${effect.batchId}::uuid, was, why, -1 FROM moved)
    SELECT h.state::text AS was, h.ours, EXISTS (SELECT 1 FROM moved) AS moved FROM held h`);
  if (row === undefined || !row.ours) return 'foreign';
  if (row.moved) return 'applied';
  return row.was === 'submitting' || row.was === 'ready' ? 'early' : 'late';
}
