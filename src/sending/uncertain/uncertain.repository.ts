import { sql, type RawBuilder } from 'kysely';
import {
  col,
  idRows,
  rowsOf,
  countRows,
  type Transaction,
  type RowOf,
  type Ledger,
} from '../../platform/index.ts';
import type { MessageKey } from '../message/message.repository.ts';
import { insertRefunds, IS_CHARGED } from '../cost/cost.repository.ts';
import {
  askedOf,
  gateOf,
  lookValues,
  numbers,
  sharedLock,
  stillTheirs,
  type BatchKind,
  type MarkCandidate,
  type MarkLook,
} from '../attempt/mark.repository.ts';
import type { Ownership } from '../batch/own.repository.ts';

/** Lists the accounts that may hold an uncertain message of a batch. */
export const accountsInDoubt = async (tx: Transaction, batchId: string): Promise<readonly string[]> =>
  (
    await tx.rows(idRows.sql`
      SELECT DISTINCT s.account_id AS id FROM message m JOIN submission s ON s.id = m.submission_id
       WHERE m.batch_id = ${batchId} AND m.state IN ('submitting', 'uncertain')`)
  ).map(({ id }) => id);

/** Reads uncertain messages of a batch at one account after a seq, in order; the caller asks for pages. */
export async function readUncertain(
  tx: Transaction,
  { batchId, accountId }: { readonly batchId: string; readonly accountId: string },
  page: { readonly after: number; readonly most: number },
): Promise<readonly UncertainRow[]> {
  return tx.rows(uncertainRows.sql`
    SELECT m.seq, m.submission_id AS "submissionId", CASE WHEN m.reason <> 'SEALED' THEN s.key END AS key,
           iso(CASE WHEN m.reason = 'SEALED' THEN b.created_at ELSE s.marked_at END) AS "markedAt", m.contact_id AS "contactId", c.sealed, y.wrapped,
           coalesce(c.number_version > 1, false) AS "hasMoved",
           (extract(epoch FROM clock_timestamp() - s.marked_at) * 1000)::float8 AS "sinceMarkMs"
      FROM message m JOIN submission s ON s.id = m.submission_id JOIN batch b ON b.id = m.batch_id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
     WHERE m.batch_id = ${batchId} AND m.state = 'uncertain' AND m.seq > ${page.after} AND s.account_id = ${accountId}
     ORDER BY m.seq LIMIT ${page.most}`);
}

const uncertainRows = rowsOf('message', ['seq', 'contactId']).with({
  submissionId: col.of('message', 'submissionId').known(),
  /** Null when it was lost with the database. */
  key: col.text().orNull(),
  /** ISO instant of the machine clock, from which on it may have left. */
  markedAt: col.text(),
  /** Milliseconds of machine time since the mark. */
  sinceMarkMs: col.number(),
  /** True when the person ever changed their number: it may have left to another than today's. */
  hasMoved: col.flag(),
  sealed: col.of('contact', 'sealed').orNull(),
  wrapped: col.of('contact_key', 'wrapped').orNull(),
});

/** A submission of unknown outcome, with one of its messages. */
export type UncertainRow = RowOf<typeof uncertainRows>;

const uncertainMessageRows = rowsOf('message', ['reason', 'batchId', 'seq', 'contactId'])
  .and('batch', ['purpose', 'campaignId', 'seriesId'])
  .with({
    kind: col.of('batch', 'kind').as<BatchKind>(),
    gateway: col.of('gateway_account', 'name'),
    markedAt: col.of('submission', 'markedAt').orNull(),
    sealed: col.of('contact', 'sealed').orNull(),
    wrapped: col.of('contact_key', 'wrapped').orNull(),
  });

/** A selection of uncertain messages; an absent field excludes none. */
export interface InDoubt {
  readonly campaignId?: string | undefined;
  /** Name of the account that may hold them. */
  readonly gateway?: string | undefined;
  /** Start of their marks, by the machine clock, inclusive. */
  readonly from?: string | undefined;
  /** End of the marks, exclusive. */
  readonly to?: string | undefined;
  /** Messages of advertising or of reminders only; both when absent. */
  readonly kinds?: 'campaigns' | 'series' | undefined;
  readonly source?: string | undefined;
}

const messageKeyRows = rowsOf('message', ['batchId', 'seq']);

/** Reads the first uncertain messages, in order; only batches whose tally has some are read. */
export const keysInDoubt = async (
  tx: Transaction,
  which: InDoubt,
  most: number,
): Promise<readonly MessageKey[]> =>
  tx.rows(messageKeyRows.sql`
    ${doubtful(tx)} SELECT m.batch_id AS "batchId", m.seq ${uncertainOnes} ${among(which)}
     ORDER BY m.batch_id, m.seq LIMIT ${most}`);

/** Counts the messages of unknown outcome. */
export async function countInDoubt(tx: Transaction, which: InDoubt): Promise<number> {
  const counted = await tx.first(countRows.sql`
    ${doubtful(tx)} SELECT count(*)::int AS count ${uncertainOnes} ${among(which)}`);
  return counted?.count ?? 0;
}

const doubtful = (tx: Transaction): RawBuilder<unknown> => sql`
    WITH doubtful AS (
      SELECT t.batch_id FROM tally t WHERE t.tenant_id = ${tx.tenantId}::uuid AND t.state = 'uncertain'
       GROUP BY t.batch_id HAVING sum(t.delta) > 0)`;

/** The array hides how many batches there are: PostgreSQL would read all messages of all months for many. */
const uncertainOnes = sql`
      FROM unnest(ARRAY(SELECT batch_id FROM doubtful)) AS u(batch_id) JOIN message m ON m.batch_id = u.batch_id JOIN batch b ON b.id = m.batch_id
      LEFT JOIN submission s ON s.id = m.submission_id JOIN gateway_account g ON g.id = coalesce(s.account_id, b.account_id)
      LEFT JOIN campaign p ON p.id = b.campaign_id LEFT JOIN reminder_series r ON r.id = b.series_id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
     WHERE m.state = 'uncertain'`;

function among({ campaignId, gateway, from, to, kinds, source }: InDoubt): RawBuilder<unknown> {
  const conditions = [
    campaignId === undefined ? sql`` : sql`AND b.campaign_id = ${campaignId}::uuid`,
    gateway === undefined ? sql`` : sql`AND g.name = ${gateway}`,
    from === undefined ? sql`` : sql`AND s.marked_at >= ${from}::timestamptz`,
    to === undefined ? sql`` : sql`AND s.marked_at < ${to}::timestamptz`,
    kinds === undefined
      ? sql``
      : kinds === 'series'
        ? sql`AND b.series_id IS NOT NULL`
        : sql`AND b.campaign_id IS NOT NULL`,
    source === undefined ? sql`` : sql`AND coalesce(p.source, r.source) = ${source}`,
  ];
  return sql.join(conditions, sql` `);
}

/** Reads a page of uncertain messages, in order. */
export async function readUncertainMessages(
  tx: Transaction,
  page: { readonly after?: MessageKey | undefined; readonly limit: number; readonly reminders: boolean },
) {
  const { after, reminders } = page;
  const from =
    after === undefined ? sql`true` : sql`(m.batch_id, m.seq) > (${after.batchId}::uuid, ${after.seq}::int)`;
  return tx.rows(uncertainMessageRows.sql`
    ${doubtful(tx)}
    SELECT m.batch_id AS "batchId", m.seq, b.kind, b.purpose, g.name AS gateway, b.campaign_id AS "campaignId",
           b.series_id AS "seriesId", m.reason, iso(s.marked_at) AS "markedAt", m.contact_id AS "contactId", c.sealed, y.wrapped
      ${uncertainOnes} AND ${from} ${reminders ? sql`` : sql`AND b.series_id IS NULL`} ORDER BY m.batch_id, m.seq LIMIT ${page.limit}`);
}

/** A person's findings on messages of unknown outcome. */
interface PersonalEvidence {
  /** At most 5,000 at a time. */
  readonly messages: readonly MessageKey[];
  readonly outcome: 'accepted' | 'not-accepted';
  /** ISO instant of the law clock. */
  readonly at: string;
}

const resolvedRows = rowsOf('message', ['seq']).with({
  kind: col.of('batch', 'kind').as<BatchKind>(),
  /** The series of a reminder or correction, to be notified. */
  seriesId: col.text().orNull(),
  state: col.text<'accepted' | 'ready' | 'failed'>(),
  batchId: col.text(),
});

/** A resolved message and its present state. */
export type Resolved = RowOf<typeof resolvedRows>;

/** Holds for a cancellation of an event that was announced and lies ahead: it is owed though its series is over. */
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
  const [batches, seqs] = [messages.map(({ batchId }) => batchId), messages.map(({ seq }) => seq)];
  // The subqueries hide how long the lists are: PostgreSQL then looks up keys instead of reading all months.
  return tx.rows(resolvedRows.sql`
    WITH held AS (
      SELECT m.batch_id, m.seq, b.kind, b.series_id, m.reason, m.submission_id, m.submission_id AS submission, m.parts, s.key, ${at}::timestamptz AS at,
             CASE WHEN ${sql.raw(IS_CHARGED)} THEN coalesce(s.price, CASE WHEN p.budget IS NULL THEN 0 ELSE coalesce(b.price, p.price) END) ELSE 0 END AS price, s.account_id, coalesce(c.phone_index, ''::bytea) AS recipient,
             CASE WHEN ${outcome} = 'accepted' THEN 'accepted'
                  WHEN b.state = 'open' AND coalesce(p.status IN ('scheduled', 'running', 'paused', 'parked'), true)
                       AND coalesce(r.state IN ('open', 'paused') AND r.event_at > ${at}::timestamptz OR ${owedCancellation(at)}, true) THEN 'ready'
                  ELSE 'failed' END::message_state AS becomes
        FROM unnest((SELECT ${batches}::uuid[]), (SELECT ${seqs}::int[])) AS said (batch_id, seq)
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

const lostRows = rowsOf('submission', ['key', 'resent'])
  .and('message', ['seq', 'contactId'])
  .with({
    submissionId: col.of('submission', 'id'),
    digest: col.of('message', 'digest').known(),
    /** Milliseconds of machine time since the mark. */
    sinceMarkMs: col.number(),
    territory: col.of('contact', 'territory').orNull(),
    timeZone: col.of('contact', 'timeZone').orNull(),
    sealed: col.of('contact', 'sealed').orNull(),
    wrapped: col.of('contact_key', 'wrapped').orNull(),
    numberVersion: col.of('contact', 'numberVersion').orNull(),
  });

/** A message whose answer was lost, with its call. */
export type LostRow = RowOf<typeof lostRows>;

/** Reads uncertain messages of a batch whose call one account may repeat, in order; a call lost with the database may not be. */
export const readLost = (
  tx: Transaction,
  { batchId, accountId }: { readonly batchId: string; readonly accountId: string },
  most: number,
): Promise<LostRow[]> =>
  tx.rows(lostRows.sql`
    SELECT m.seq, m.contact_id AS "contactId", c.territory, c.time_zone AS "timeZone", c.sealed, y.wrapped,
           c.number_version AS "numberVersion", s.id AS "submissionId", s.key, m.digest, s.resent,
           (extract(epoch FROM clock_timestamp() - s.marked_at) * 1000)::float8 AS "sinceMarkMs"
      FROM message m JOIN submission s ON s.id = m.submission_id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
     WHERE m.batch_id = ${batchId} AND s.account_id = ${accountId} AND m.state = 'uncertain' AND m.reason <> 'SEALED' ORDER BY m.seq LIMIT ${most}`);

/**
 * Looks once more at the people of one call that is to be repeated, under the shared lock: everybody or nobody.
 * Says whether the call may be sent again. Nothing changes state: the outcome of its first time is still unknown.
 */
export async function lookAndRepeat(
  ledger: Ledger,
  ownership: Ownership,
  { look, candidates }: { readonly look: MarkLook; readonly candidates: readonly MarkCandidate[] },
): Promise<boolean> {
  const answers = await ledger.mark(ownership.tenantId, [
    sharedLock(ownership.batchId),
    {
      name: `repeat_${look.kind}`,
      text: repeatStatement(look.kind),
      values: lookValues(ownership, look, candidates),
    },
  ]);
  return numbers(answers.at(-1)?.[0]?.['taken']).length === candidates.length;
}

/** Builds the statement of a repetition; the decision kept with a submission is that of its last one. */
const repeatStatement = (kind: BatchKind): string => `
    WITH gate AS MATERIALIZED (${gateOf(kind)}),
    asked AS MATERIALIZED (${askedOf(kind)}),
    held AS (
      SELECT m.seq, m.submission_id FROM message m, asked a, gate
       WHERE m.batch_id = $1::uuid AND m.seq = a.seq AND m.state = 'uncertain' AND m.submission_id = a.submission_id AND a.why IS NULL
         AND m.digest = a.digest ${stillTheirs(kind)}
         FOR UPDATE OF m),
    repeated AS (
      UPDATE submission s SET resent = s.resent + 1, decision_id = coalesce($11::uuid, s.decision_id)
        FROM (SELECT submission_id AS id, count(*) AS people FROM held GROUP BY submission_id) h
       WHERE s.id = h.id AND s.messages = h.people AND s.key = ALL ($6::text[])
         AND $17::text IS NOT NULL AND $18::text IS NOT NULL
      RETURNING s.id)
    SELECT coalesce(array_agg(h.seq), '{}')::text AS taken FROM held h JOIN repeated r ON r.id = h.submission_id`;
