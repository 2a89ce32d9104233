import { sql } from 'kysely';
import { z } from 'zod';
import {
  col,
  idRows,
  rowsOf,
  isSimulated,
  computedRows,
  type RowOf,
  type Transaction,
  type Clock,
  type Database,
  type Vault,
} from '../../platform/index.ts';
import { eligibilityChanged, retireNumbers, withdraw } from '../../people/index.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import { messageId, type MessageKey } from '../message/message.repository.ts';
import type { SealedOnce } from './kept-call.repository.ts';
import { scopeOfPurpose } from '../replies/reply-taking.ts';
import type { RefusedRecipients } from '../attempt/outcome-of-answer.ts';

/** Keeps raw receipts; a repeated delivery is kept once. Returns the ids of new ones. */
export async function keepReceipts(
  tx: Transaction,
  receipts: readonly (SealedOnce & {
    readonly accountId: string;
    /** ISO instant of the machine clock. */
    readonly receivedAt: string;
  })[],
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

/** Counts an account's final receipts in a row that will find no message; one that found its own ends the row. */
export const noteJoined = (
  tx: Transaction,
  turns: readonly { readonly accountId: string; readonly lost: number; readonly isJoined: boolean }[],
): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account g SET receipts_lost = t.lost + CASE WHEN t."isJoined" THEN 0 ELSE g.receipts_lost END
      FROM jsonb_to_recordset(${JSON.stringify(turns)}::jsonb) AS t("accountId" uuid, lost int, "isJoined" boolean)
     WHERE g.id = t."accountId" AND (t.lost > 0 OR t."isJoined" AND g.receipts_lost > 0)`);

const optedOutBatchRows = computedRows({
  batchId: col.of('batch', 'id'),
  purpose: col.of('batch', 'purpose').as<BatchRun['purpose']>(),
  accountName: col.of('gateway_account', 'name'),
});

type OptedOutBatch = RowOf<typeof optedOutBatchRows>;

export const batchOf = (tx: Transaction, batchId: string): Promise<OptedOutBatch | undefined> =>
  tx.first(optedOutBatchRows.sql`
    SELECT b.id AS "batchId", b.purpose, g.name AS "accountName"
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

export interface ApplyingDeps {
  readonly vault: Vault;
  readonly clock: Clock;
}

const Numbered = z.looseObject({ phone: z.string() });

/** Takes over an operator's statements on people: its opt-outs are ours, its bad numbers are not used again. */
export async function recordRefusedRecipients(
  deps: ApplyingDeps & { readonly database: Database },
  run: BatchRun,
  refused: RefusedRecipients,
): Promise<void> {
  await deps.database.withTenant(run.tenantId, async (tx) => {
    const when = { at: deps.clock.now().toISO(), machineMs: deps.clock.machine() };
    const retirement = { batchId: run.batchId, seqs: refused.badNumbers, why: 'hard-bounce', when } as const;
    await eligibilityChanged(tx, deps, await retireNumbers(tx, retirement));
    await heedOptOuts(tx, deps, { batch: run, seqs: refused.optedOut });
  });
}

const optedOutPersonRows = rowsOf('contact', ['id', 'sealed'])
  .and('message', ['seq'])
  .and('contact_key', ['wrapped']);

/** Withdraws the consent of people of some messages of a batch, as the operator reported. */
export async function heedOptOuts(
  tx: Transaction,
  deps: ApplyingDeps,
  { batch: run, seqs }: { readonly batch: OptedOutBatch; readonly seqs: readonly number[] },
): Promise<void> {
  if (seqs.length === 0) return;
  const keys = await deps.vault.tenant(tx);
  const people = await tx.rows(optedOutPersonRows.sql`
    SELECT m.seq, c.id, c.sealed, y.wrapped FROM message m JOIN contact c ON c.id = m.contact_id JOIN contact_key y ON y.contact_id = c.id
     WHERE m.batch_id = ${run.batchId} AND m.seq = ANY (${seqs}::int[])`);
  const occurredAt = deps.clock.now().toISO();
  for (const person of people) {
    const { phone } = Numbered.parse(keys.openPerson(person.id, person));
    await withdraw(
      tx,
      { keys, clock: deps.clock },
      {
        phone,
        scope: scopeOfPurpose(run.purpose),
        channel: 'operator',
        occurredAt,
        actor: `gateway:${run.accountName}`,
        evidence: { messageRef: messageId({ batchId: run.batchId, seq: person.seq }) },
        simulated: isSimulated(deps.clock),
      },
    );
  }
}

export interface Owner extends MessageKey {
  readonly tenantId: string;
  /** Count of parts, each with an id and a receipt of its own; one where undefined, null where unknown. */
  readonly parts?: number | null;
}

const ownerRows = computedRows({
  nth: col.number(),
  tenantId: col.text(),
  batchId: col.text(),
  seq: col.number(),
  parts: col.number().orNull(),
});

const batchOwnerRows = computedRows({ batchId: col.text(), tenantId: col.text() });

/** Returns the tenants of existing batches. */
export async function tenantsOfBatches(
  tx: Transaction,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (batchIds.length === 0) return new Map();
  const rows = await tx.rows(batchOwnerRows.sql`
    SELECT batch_id AS "batchId", tenant_id AS "tenantId" FROM tenants_of_batches(${batchIds}::uuid[])`);
  return new Map(rows.map(({ batchId, tenantId }) => [batchId, tenantId]));
}

/** Returns the message of each id, in order; undefined where there is none, or several. */
export async function ownersOfReceipts(
  tx: Transaction,
  named: readonly { readonly accountId: string; readonly gatewayId: string }[],
): Promise<readonly (Owner | undefined)[]> {
  if (named.length === 0) return [];
  const rows = await tx.rows(ownerRows.sql`
    SELECT nth::int AS nth, tenant_id AS "tenantId", batch_id AS "batchId", seq, parts
      FROM owners_of_receipts(${named.map(({ accountId }) => accountId)}::uuid[], ${named.map(({ gatewayId }) => gatewayId)}::text[])`);
  const found = Map.groupBy(rows, ({ nth }) => nth);
  return named.map((_, place) => {
    const [only, ...others] = found.get(place + 1) ?? [];
    return others.length === 0 ? only : undefined;
  });
}

/** Notes the last time accounts reported on messages of the transaction's tenant, to the second. */
export async function noteReceived(tx: Transaction, received: readonly WaitingReceipt[]): Promise<void> {
  await tx.run(sql`
    INSERT INTO account_heard AS h (tenant_id, account_id, last_receipt_at)
    SELECT ${tx.tenantId}::uuid, a.id, max(a.at)
      FROM unnest(${received.map(({ accountId }) => accountId)}::uuid[], ${received.map(({ receivedAt }) => receivedAt)}::timestamptz[]) AS a(id, at)
     GROUP BY a.id ORDER BY a.id
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET last_receipt_at = excluded.last_receipt_at
     WHERE h.last_receipt_at < excluded.last_receipt_at - interval '1 second'`);
}

/** Removes some inbound calls from before an instant of the machine clock, matched or not; returns their number. */
export async function forgetReceipts(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    WITH unread AS (DELETE FROM unread_delivery WHERE received_at < ${before}::timestamptz),
         parts AS (DELETE FROM reply_part WHERE received_at < ${before}::timestamptz)
    DELETE FROM receipt WHERE id IN (
      SELECT id FROM receipt WHERE received_at < ${before}::timestamptz ORDER BY id LIMIT 5000)`);
}

const droppedRows = computedRows({ dropped: col.number() });

/** Drops the months of messages in which nothing is open and nothing is younger than an instant of the law clock. */
export async function dropMonths(
  tx: Transaction,
  { machine, keptSince }: { readonly machine: string; readonly keptSince: string },
): Promise<number> {
  const row = await tx.first(droppedRows.sql`
    SELECT drop_message_partitions(${machine}::timestamptz, ${keptSince}::timestamptz) AS dropped`);
  return row?.dropped ?? 0;
}
