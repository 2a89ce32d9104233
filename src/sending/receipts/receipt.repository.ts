import { sql } from 'kysely';
import { col, idRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { OptedOutBatch } from './hearsay.repository.ts';

/** A receipt to keep, before it is interpreted. */
export interface ReceiptRecord {
  readonly id: string;
  readonly accountId: string;
  readonly digest: Buffer;
  /** The same under the former keys. */
  readonly olderDigests: readonly Buffer[];
  readonly sealed: Buffer;
  /** ISO instant of the machine clock. */
  readonly receivedAt: string;
}

/** Keeps raw receipts; a repeated delivery is kept once. Returns the ids of new ones. */
export async function keepReceipts(
  tx: Transaction,
  receipts: readonly ReceiptRecord[],
): Promise<ReadonlySet<string>> {
  const rows = receipts.map((one) => ({
    ...one,
    digest: one.digest.toString('hex'),
    olderDigests: one.olderDigests.map((digest) => digest.toString('hex')),
    sealed: one.sealed.toString('hex'),
  }));
  const kept = await tx.rows(idRows.sql`
    INSERT INTO receipt (id, account_id, digest, sealed, received_at, next_try_at)
    SELECT r.id, r."accountId", decode(r.digest, 'hex'), decode(r.sealed, 'hex'), r."receivedAt", r."receivedAt"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r(id uuid, "accountId" uuid, digest text, "olderDigests" text[], sealed text, "receivedAt" timestamptz)
     WHERE NOT EXISTS (SELECT 1 FROM unnest(r."olderDigests") older JOIN receipt k
                         ON k.account_id = r."accountId" AND k.digest = decode(older, 'hex'))
    ON CONFLICT (account_id, digest) DO NOTHING RETURNING id`);
  return new Set(kept.map(({ id }) => id));
}

const waitingReceiptRows = rowsOf('receipt', ['id', 'accountId', 'sealed', 'tries', 'receivedAt']);

/** A receipt that waits for its message. */
export type WaitingReceipt = RowOf<typeof waitingReceiptRows>;

/** Reads receipts to try now, oldest first; nobody else tries them before this transaction ends. */
export const waitingReceipts = (tx: Transaction, most: number): Promise<WaitingReceipt[]> =>
  tx.rows(waitingReceiptRows.sql`
    SELECT id, account_id AS "accountId", sealed, tries, iso(received_at) AS "receivedAt" FROM receipt
     WHERE matched_at IS NULL AND next_try_at <= clock_timestamp() ORDER BY next_try_at LIMIT ${most} FOR UPDATE SKIP LOCKED`);

/** Notes which receipts found their message, and empties them; the others are retried, ever more rarely, for 30 days. */
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

/**
 * Notes the last call of an account, to the second: many at once do not wait for one row. A call shows that it
 * answers; messages accepted earlier say nothing of its credit or its keys now.
 */
export async function noteReceipt(tx: Transaction, accountId: string, at: string): Promise<void> {
  await tx.run(
    sql`UPDATE gateway_account SET last_receipt_at = ${at}, state = CASE WHEN state IN ('credit', 'config') THEN state ELSE 'up' END, updated_at = clock_timestamp()
         WHERE id = ${accountId} AND (state NOT IN ('up', 'credit', 'config') OR last_receipt_at IS NULL OR last_receipt_at < ${at}::timestamptz - interval '1 second')`,
  );
}

/** Final receipts of an account in one turn: those that will find no message, and whether any found its own. */
export interface JoinedReceipts {
  readonly accountId: string;
  readonly lost: number;
  readonly isJoined: boolean;
}

/** Counts the receipts in a row that found no message; one that does ends the row. */
export const noteJoined = (tx: Transaction, turns: readonly JoinedReceipts[]): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account g SET receipts_lost = t.lost + CASE WHEN t."isJoined" THEN 0 ELSE g.receipts_lost END
      FROM jsonb_to_recordset(${JSON.stringify(turns)}::jsonb) AS t("accountId" uuid, lost int, "isJoined" boolean)
     WHERE g.id = t."accountId" AND (t.lost > 0 OR t."isJoined" AND g.receipts_lost > 0)`);

const optedOutBatchRows = rowsOf('batch', ['tenantId']).with({
  batchId: col.of('batch', 'id'),
  purpose: col.of('batch', 'purpose').as<OptedOutBatch['purpose']>(),
  accountName: col.of('gateway_account', 'name'),
});

/** Reads the purpose and the account of a batch. */
export const batchOf = (tx: Transaction, batchId: string): Promise<OptedOutBatch | undefined> =>
  tx.first(optedOutBatchRows.sql`
    SELECT b.id AS "batchId", b.tenant_id AS "tenantId", b.purpose, g.name AS "accountName"
      FROM batch b JOIN gateway_account g ON g.id = b.account_id WHERE b.id = ${batchId}`);

const lostMessagesRows = rowsOf('message', ['batchId', 'seq']).with({ parts: col.number().orNull() });

/**
 * Counts messages to a number that were accepted, or may have been, without a known id; two make it ambiguous.
 * Where the answer was lost, the mark gives the number of parts; it is unknown for a long text over SMPP that an
 * older build marked.
 */
export const lostMessages = (
  tx: Transaction,
  about: { readonly accountId: string; readonly phoneIndex: Buffer; readonly receivedAt: string },
): Promise<{ batchId: string; seq: number; parts: number | null }[]> =>
  tx.rows(lostMessagesRows.sql`
    SELECT m.batch_id AS "batchId", m.seq,
           coalesce((SELECT max(a.parts) FROM acceptance a WHERE a.batch_id = m.batch_id AND a.seq = m.seq AND a.submission_id = s.id AND a.parts > 1),
                    s.sent_parts,
                    (SELECT a.parts FROM acceptance a WHERE a.account_id = s.account_id AND a.gateway_id = 'key:' || s.key AND a.recipient = ''),
                    CASE WHEN g.kind <> 'smpp' OR m.parts = 1 THEN 1 END) AS parts
      FROM contact c JOIN message m ON m.tenant_id = c.tenant_id AND m.contact_id = c.id
      JOIN submission s ON s.id = m.submission_id AND s.account_id = ${about.accountId}
       AND s.marked_at BETWEEN ${about.receivedAt}::timestamptz - interval '3 days' AND ${about.receivedAt}::timestamptz
      JOIN gateway_account g ON g.id = s.account_id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.phone_index = ${about.phoneIndex}
       AND (m.state = 'uncertain' OR m.state = 'accepted' AND EXISTS (
             SELECT FROM acceptance a WHERE a.account_id = s.account_id AND a.gateway_id = 'key:' || s.key
              UNION ALL SELECT FROM acceptance a
               WHERE a.batch_id = m.batch_id AND a.seq = m.seq AND a.submission_id = s.id AND a.parts > 1 AND starts_with(a.gateway_id, 'key:')))
     LIMIT 2`);
