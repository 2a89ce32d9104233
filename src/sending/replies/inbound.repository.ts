import { sql } from 'kysely';
import {
  BEFORE_ALL,
  col,
  computedRows,
  idRows,
  rowsOf,
  tenantIdRows,
  type RowOf,
  type Transaction,
} from '../../platform/index.ts';
import type { SealedOnce } from '../receipts/kept-call.repository.ts';
import type { Scope } from '../../person/index.ts';
import type { ReplyBecause, ReplyKind } from '../../sms/index.ts';

/** Replaces the sealed text of a settled message, which only the replies of the tenants concerned keep. */
const EMPTY = Buffer.alloc(0);

/** Keeps an inbound message; false when it is a repetition. */
export async function keepInbound(
  tx: Transaction,
  record: SealedOnce & {
    readonly accountId: string;
    readonly reading: string;
    /** Both ISO instants of the law clock: the commit that keeps it makes it effective. */
    readonly receivedAt: string;
    readonly effectiveAt: string;
    /** False while only the suppression is kept. */
    readonly settled: boolean;
    readonly simulated: boolean;
  },
): Promise<boolean> {
  const kept = await tx.first(idRows.sql`
    INSERT INTO inbound (id, account_id, digest, sealed, reading, received_at, effective_at, settled_at, simulated)
    SELECT ${record.id}::uuid, ${record.accountId}::uuid, ${record.digest}::bytea, ${record.settled ? EMPTY : record.sealed}::bytea,
           ${record.reading}, ${record.receivedAt}::timestamptz, ${record.effectiveAt}::timestamptz,
           ${record.settled ? record.effectiveAt : null}::timestamptz, ${record.simulated}::boolean
     WHERE NOT EXISTS (SELECT 1 FROM inbound k WHERE k.account_id = ${record.accountId}::uuid AND k.digest = ANY (${record.olderDigests}::bytea[]))
    ON CONFLICT (account_id, digest) DO NOTHING RETURNING id`);
  return kept !== undefined;
}

/** Lists tenants that ever used an account; every tenant while nobody did. */
export async function tenantsThatUsed(tx: Transaction, accountId: string): Promise<readonly string[]> {
  const used = await tx.rows(
    tenantIdRows.sql`SELECT tenant_id AS "tenantId" FROM tenants_of_account(${accountId})`,
  );
  if (used.length > 0) return used.map(({ tenantId }) => tenantId);
  const every: string[] = [];
  for (;;) {
    const page = await tx.rows(tenantIdRows.sql`
      SELECT tenant_id AS "tenantId" FROM every_tenant(${every.at(-1) ?? BEFORE_ALL}::uuid, ${TENANTS_A_PAGE})`);
    every.push(...page.map(({ tenantId }) => tenantId));
    if (page.length < TENANTS_A_PAGE) return every;
  }
}

const TENANTS_A_PAGE = 1_000;

/** Returns those of these tenants in which somebody holds the number, by its blind index in each; one statement. */
export async function holdersIn(
  tx: Transaction,
  indexes: ReadonlyMap<string, Buffer>,
): Promise<ReadonlySet<string>> {
  const rows = await tx.rows(tenantIdRows.sql`
    SELECT tenant_id AS "tenantId" FROM holders_in(${[...indexes.keys()]}::uuid[], ${[...indexes.values()]}::bytea[])`);
  return new Set(rows.map(({ tenantId }) => tenantId));
}

const answeredRows = computedRows({ tenantId: col.text(), batchId: col.text() });

/** Returns the batch of the call with an operator's id. */
export const batchesOfTicket = (tx: Transaction, accountId: string, ticket: string) =>
  tx.rows(
    answeredRows.sql`SELECT DISTINCT tenant_id AS "tenantId", batch_id AS "batchId" FROM owners_of_receipt(${accountId}, ${ticket})`,
  );

/** The last message a tenant sent to a number through one account. */
export interface LastMessage {
  readonly batchId: string;
  readonly seq: number;
  readonly purpose: string;
  /** Purposes of all messages that a reply may answer, where it is not known which of them arrived. */
  readonly possible?: readonly string[];
  readonly sender: string;
}

/** The knowledge of each tenant of an account about the number that wrote. */
export interface Acquaintance {
  readonly tenantId: string;
  readonly holdsNumber: boolean;
  /** The number's blind index there; absent for a tenant without keys. */
  readonly phoneIndex?: Buffer | undefined;
  readonly last?: LastMessage;
  /** The scopes that this very reply already suppresses, while its event is still to be written. */
  readonly blockedScopes?: readonly Scope[];
}

/**
 * Reads what the transaction's tenant knows of a number; `answered` are the batches that the operator says it answered. A message without an acceptance counts from its mark. The
 * reply may answer the message that the operator names, else the last that was surely taken, and any in doubt since.
 */
export async function acquaintance(
  tx: Transaction,
  accountId: string,
  { phoneIndex, answered }: { readonly phoneIndex: Buffer; readonly answered: readonly string[] },
): Promise<Acquaintance> {
  const row = await tx.first(lastRows.sql`
    WITH sent AS MATERIALIZED (
      SELECT c.id AS contact_id, c.retired_at, m.batch_id, m.seq, b.purpose, coalesce(p.sender, s.sender) AS sender,
             coalesce(m.accepted_at, (SELECT coalesce(u.law_at, u.marked_at) FROM submission u WHERE u.id = m.submission_id)) AS at,
             m.state IN ('submitting', 'uncertain') AS in_doubt, coalesce(b.id = ANY (${answered}::uuid[]), false) AS named
        FROM contact c
        LEFT JOIN message m ON m.tenant_id = c.tenant_id AND m.contact_id = c.id
             AND m.state IN ('submitting', 'accepted', 'delivered', 'undelivered', 'uncertain')
        LEFT JOIN batch b ON b.id = m.batch_id AND (b.account_id = ${accountId} OR ${accountId} = ANY (b.former))
        LEFT JOIN campaign p ON p.id = b.campaign_id LEFT JOIN reminder_series s ON s.id = b.series_id
       WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.phone_index = ${phoneIndex}),
    sure AS (
      SELECT coalesce(max(at) FILTER (WHERE named), max(at) FILTER (WHERE NOT in_doubt), '-infinity') AS at
        FROM sent WHERE purpose IS NOT NULL)
    SELECT batch_id AS "batchId", seq, purpose, coalesce(sender, '') AS sender,
           ARRAY(SELECT DISTINCT o.purpose FROM sent o, sure WHERE o.purpose IS NOT NULL
                    AND (o.at = sure.at OR (o.in_doubt AND o.at > sure.at))) AS possible
      FROM sent
     ORDER BY (purpose IS NOT NULL) DESC, named DESC, at DESC NULLS LAST, retired_at DESC NULLS FIRST LIMIT 1`);
  const { tenantId } = tx;
  if (row === undefined) return { tenantId, holdsNumber: false };
  const { batchId, seq, purpose } = row;
  if (batchId === null || seq === null || purpose === null) return { tenantId, holdsNumber: true };
  return { tenantId, holdsNumber: true, last: { ...row, batchId, seq, purpose } };
}

const lastRows = computedRows({
  batchId: col.of('message', 'batchId').orNull(),
  seq: col.of('message', 'seq').orNull(),
  purpose: col.of('batch', 'purpose').orNull(),
  sender: col.text(),
  possible: col.list<string>(),
});

/** Stores a reply for the transaction's tenant, once. */
export async function keepReply(
  tx: Transaction,
  reply: {
    readonly inboundId: string;
    readonly contactId: string | null;
    readonly accountId: string;
    readonly reading: string;
    /** The reason of its reading, in words of our lists. */
    readonly because: object;
    readonly unclear: boolean;
    readonly last: LastMessage | undefined;
    readonly sealed: Buffer;
    readonly receivedAt: string;
  },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO reply (inbound_id, tenant_id, contact_id, account_id, reading, because, unclear, batch_id, seq, sealed, received_at)
    VALUES (${reply.inboundId}, ${tx.tenantId}, ${reply.contactId}, ${reply.accountId}, ${reply.reading},
            ${JSON.stringify(reply.because)}::jsonb, ${reply.unclear},
            ${reply.last?.batchId ?? null}, ${reply.last?.seq ?? null}, ${reply.sealed}, ${reply.receivedAt})
    ON CONFLICT DO NOTHING`);
}

const replyAnswersRows = rowsOf('batch', ['seriesId', 'campaignId']).with({ contactId: col.text().orNull() });

/** Reads the person of a kept reply of the transaction's tenant, and the booking or campaign it answers. */
export async function replyAnswers(tx: Transaction, inboundId: string) {
  const row = await tx.first(replyAnswersRows.sql`
    SELECT coalesce(r.contact_id, m.contact_id) AS "contactId", b.series_id AS "seriesId", b.campaign_id AS "campaignId"
      FROM reply r LEFT JOIN batch b ON b.id = r.batch_id
      LEFT JOIN message m ON m.batch_id = r.batch_id AND m.seq = r.seq
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.inbound_id = ${inboundId}::uuid`);
  return row ?? { contactId: null, seriesId: null, campaignId: null };
}

/**
 * Notes on the account that a STOP came back through it, so that its opt-out works; of many at once, one does. The
 * first waits for the account's lock: it may be the only one for weeks.
 */
export async function proveStopPath(tx: Transaction, accountId: string, at: string): Promise<void> {
  await tx.run(sql`
    UPDATE gateway_account SET last_stop_at = ${at}, proven_at = ${at}, proven_how = 'stop-received', updated_at = clock_timestamp()
     WHERE id = coalesce(
             (SELECT id FROM gateway_account
               WHERE id = ${accountId} AND proven_at IS NOT NULL
                 AND (last_stop_at IS NULL OR abs(extract(epoch FROM ${at}::timestamptz - last_stop_at)) > 10)
                 FOR NO KEY UPDATE SKIP LOCKED),
             (SELECT id FROM gateway_account WHERE id = ${accountId} AND proven_at IS NULL FOR NO KEY UPDATE))`);
}

/** Lists inbound messages of which only the suppression is kept, in order; without `after` from the first. */
export async function unsettledInbound(
  tx: Transaction,
  { after = BEFORE_ALL, most }: { readonly after?: string | undefined; readonly most: number },
): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM inbound WHERE settled_at IS NULL AND id > ${after}::uuid ORDER BY id LIMIT ${most}`);
  return rows.map(({ id }) => id);
}

const unsettledRows = rowsOf('inbound', ['accountId', 'sealed', 'simulated', 'receivedAt', 'effectiveAt']);

/** Locks an inbound message that still waits for its effects; then nobody else settles it. */
export const lockUnsettled = (tx: Transaction, id: string) =>
  tx.first(unsettledRows.sql`
    SELECT account_id AS "accountId", sealed, simulated,
           iso(received_at) AS "receivedAt", iso(effective_at) AS "effectiveAt"
      FROM inbound WHERE id = ${id}::uuid AND settled_at IS NULL FOR UPDATE SKIP LOCKED`);

/** Notes that an inbound message had all its effects; each tenant concerned has its reply. */
export const settleInbound = (
  tx: Transaction,
  id: string,
  { settledAt, effectiveAt = null }: { readonly settledAt: string; readonly effectiveAt?: string | null },
): Promise<number> =>
  tx.run(sql`
    UPDATE inbound SET settled_at = ${settledAt}, effective_at = coalesce(${effectiveAt}::timestamptz, effective_at), sealed = ''
     WHERE id = ${id}`);

const keptReplyRows = rowsOf('reply', [
  'receivedAt',
  'unclear',
  'contactId',
  'sealed',
  'decidedAt',
  'decision',
])
  .and('batch', ['seriesId', 'campaignId'])
  .with({
    id: col.of('reply', 'inboundId'),
    kind: col.of('reply', 'reading').as<ReplyKind>(),
    because: col.of('reply', 'because').as<ReplyBecause | { readonly code?: undefined }>(),
    gateway: col.of('gateway_account', 'name'),
    source: col.of('reminder_series', 'source').orNull(),
  });

/** A reply as kept for one tenant. */
export type KeptReply = RowOf<typeof keptReplyRows>;

const COLUMNS = sql`
  r.inbound_id AS id, iso(r.received_at) AS "receivedAt", r.reading AS kind, r.because, r.unclear,
  r.contact_id AS "contactId", a.name AS gateway, b.series_id AS "seriesId", s.source, b.campaign_id AS "campaignId", r.sealed, iso(r.decided_at) AS "decidedAt", r.decision`;

const FROM = sql`
  FROM reply r JOIN gateway_account a ON a.id = r.account_id
  LEFT JOIN batch b ON b.id = r.batch_id LEFT JOIN reminder_series s ON s.id = b.series_id`;

interface ReplyPage {
  readonly limit: number;
  readonly after?: string | undefined;
  /** Selects replies to bookings of this source. */
  readonly source?: string | undefined;
}

/** Reads replies in order of arrival, all or only those that a person must read. */
export const repliesOf = (
  tx: Transaction,
  page: ReplyPage & { readonly unclear?: boolean | undefined },
): Promise<KeptReply[]> =>
  tx.rows(keptReplyRows.sql`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid
       AND (${page.source ?? null}::text IS NULL OR s.source = ${page.source ?? null}::text)
       AND (${page.after ?? null}::uuid IS NULL OR r.inbound_id > ${page.after ?? null}::uuid)
       AND (${page.unclear ?? null}::boolean IS NULL OR (r.unclear AND r.decided_at IS NULL) = ${page.unclear ?? null}::boolean)
     ORDER BY r.inbound_id LIMIT ${page.limit}`);

/** Reads replies that a person decided, the last decision first. */
export const decidedReplies = (tx: Transaction, page: ReplyPage): Promise<KeptReply[]> =>
  tx.rows(keptReplyRows.sql`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.decided_at IS NOT NULL
       AND (${page.source ?? null}::text IS NULL OR s.source = ${page.source ?? null}::text)
       AND (${page.after ?? null}::uuid IS NULL OR (r.decided_at, r.inbound_id) <
         (SELECT o.decided_at, o.inbound_id FROM reply o WHERE o.tenant_id = r.tenant_id AND o.inbound_id = ${page.after ?? null}::uuid))
     ORDER BY r.decided_at DESC, r.inbound_id DESC LIMIT ${page.limit}`);

/** Reads a reply of the tenant by the id of its inbound message. */
export const replyOf = (tx: Transaction, id: string): Promise<KeptReply | undefined> =>
  tx.first(keptReplyRows.sql`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.inbound_id = ${id}::uuid`);

const waitingReplyRows = rowsOf('reply', ['unclear', 'receivedAt', 'sealed', 'decision', 'decidedAt']).with({
  id: col.of('reply', 'inboundId'),
  /** Instants of the records of revoked decisions. */
  takenBack: col.list<string>(),
  /** The purpose of the message that it answers; null when unknown. */
  purpose: col.text().orNull(),
});

/** A reply that waits for a person. */
export type WaitingReply = RowOf<typeof waitingReplyRows>;

/** Locks a reply for its decision. */
export const lockReply = (tx: Transaction, id: string): Promise<WaitingReply | undefined> =>
  tx.first(waitingReplyRows.sql`
    SELECT r.inbound_id AS id, r.unclear, iso(r.received_at) AS "receivedAt", r.sealed, r.decision, iso(r.decided_at) AS "decidedAt",
           ARRAY(SELECT iso(t.at) FROM unnest(r.taken_back) AS t(at)) AS "takenBack",
           (SELECT b.purpose FROM batch b WHERE b.id = r.batch_id) AS purpose
      FROM reply r WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.inbound_id = ${id}::uuid FOR UPDATE OF r`);

/** Stores a person's decision, once. */
export const keepDecisionOnReply = (
  tx: Transaction,
  id: string,
  decided: { readonly decision: string; readonly at: string },
): Promise<number> =>
  tx.run(sql`
    UPDATE reply SET decision = ${decided.decision}, decided_at = ${decided.at}::timestamptz
     WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id = ${id}::uuid AND decided_at IS NULL`);

/** Lets a reply wait again; `recorded` is the instant of the record of the decision, or of its withdrawal. */
export const takeDecisionBack = (tx: Transaction, id: string, recorded: string): Promise<number> =>
  tx.run(sql`
    UPDATE reply SET decision = NULL, decided_at = NULL, taken_back = taken_back || ${recorded}::timestamptz
     WHERE tenant_id = ${tx.tenantId}::uuid AND inbound_id = ${id}::uuid AND decided_at IS NOT NULL`);

/** Removes some people's messages from before an instant of the law clock, once they had all their effects; returns their number. */
export async function forgetInbound(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    DELETE FROM inbound WHERE id IN (
      SELECT id FROM inbound WHERE received_at < ${before}::timestamptz AND settled_at IS NOT NULL ORDER BY id LIMIT 5000)`);
}
