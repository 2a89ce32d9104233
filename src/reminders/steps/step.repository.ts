import { sql, type RawBuilder } from 'kysely';
import { col, computedRows, rowsOf, type Transaction, type RowOf } from '../../platform/index.ts';
import type { Step } from './step.ts';

const STEP = sql`p.revision, p.position, p.step, encode(p.facts, 'hex') AS facts, iso(p.event_at) AS "eventAt", iso(p.wanted_at) AS "wantedAt",
           iso(p.planned_at) AS "plannedAt", p.state, p.code, p.because, iso(p.since) AS since,
           CASE WHEN m.seq IS NULL THEN NULL ELSE json_build_object('state', m.state, 'reason', m.reason, 'acceptedAt', iso(m.accepted_at),
             'markedMsAgo', (extract(epoch FROM clock_timestamp() - u.marked_at) * 1000)::float8) END AS message`;

const stepRows = rowsOf('reminder_step', [
  'revision',
  'position',
  'step',
  'eventAt',
  'wantedAt',
  'plannedAt',
  'code',
  'since',
]).with({
  facts: col.text(),
  state: col.of('reminder_step', 'state').as<Step['state']>(),
  because: col.of('reminder_step', 'because').as<NonNullable<Step['because']>>().orNull(),
  message: col.json<NonNullable<Step['message']>>().orNull(),
});

/** Reads every step of a series with its message's outcome, oldest revision first. */
export async function readSteps(
  tx: Transaction,
  series: { readonly id: string; readonly batchId: string },
): Promise<Step[]> {
  return tx.rows(stepRows.sql`
    SELECT ${STEP}
      FROM reminder_step p
      LEFT JOIN message m ON m.batch_id = ${series.batchId}::uuid AND m.seq = p.revision * 1000 + p.position
      LEFT JOIN submission u ON u.id = m.submission_id
     WHERE p.series_id = ${series.id}::uuid ORDER BY p.revision, p.position`);
}

const seriesStepRows = stepRows.with({ seriesId: col.text() });

/** Reads the same for many series, by their ids. */
export async function readStepsOf(
  tx: Transaction,
  series: readonly { readonly id: string; readonly batchId: string }[],
): Promise<ReadonlyMap<string, readonly Step[]>> {
  const [ids, batchIds] = [series.map(({ id }) => id), series.map(({ batchId }) => batchId)];
  // The batches are named once more: with the join alone PostgreSQL reads all messages of all months.
  const rows = await tx.rows(seriesStepRows.sql`
    SELECT a.id AS "seriesId", ${STEP}
      FROM unnest(${ids}::uuid[], ${batchIds}::uuid[]) AS a(id, batch_id)
      JOIN reminder_step p ON p.series_id = a.id
      LEFT JOIN message m ON m.batch_id = a.batch_id AND m.batch_id = ANY(${batchIds}::uuid[]) AND m.seq = p.revision * 1000 + p.position
      LEFT JOIN submission u ON u.id = m.submission_id
     ORDER BY p.revision, p.position`);
  return Map.groupBy(rows, ({ seriesId }) => seriesId);
}

export async function writeSteps(tx: Transaction, seriesId: string, steps: readonly Step[]): Promise<void> {
  if (steps.length === 0) return;
  await tx.run(sql`
    INSERT INTO reminder_step AS p (series_id, revision, position, tenant_id, step, facts, event_at, wanted_at, planned_at, state, code, because, since)
    SELECT ${seriesId}::uuid, r.revision, r.position, ${tx.tenantId}::uuid, r.step, decode(r.facts, 'hex'), r."eventAt", r."wantedAt", r."plannedAt",
           r.state, r.code, r.because, r.since
      FROM jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) AS r(revision int, position int, step text, facts text, "eventAt" timestamptz,
        "wantedAt" timestamptz, "plannedAt" timestamptz, state text, code text, because jsonb, since timestamptz)
    ON CONFLICT (series_id, revision, position) DO UPDATE
       SET step = excluded.step, facts = excluded.facts, event_at = excluded.event_at, wanted_at = excluded.wanted_at,
           planned_at = excluded.planned_at, state = excluded.state, code = excluded.code, because = excluded.because, since = excluded.since`);
}

/** Adds the message of a step that is due, or that a cap holds back; once, however often it is called. */
export async function addStepMessage(
  tx: Transaction,
  message: {
    readonly batchId: string;
    readonly seq: number;
    readonly contactId: string;
    readonly revision: number;
    /** Excluded at an instant of the law clock, when the cap is reached. */
    readonly cappedAt?: string | undefined;
  },
): Promise<void> {
  const { cappedAt = null } = message;
  const state = cappedAt === null ? 'ready' : 'excluded';
  const reason = cappedAt === null ? null : 'FREQUENCY_CAP';
  await tx.run(sql`
    WITH made AS (
      INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, reason, revision, final_at)
      VALUES (${message.batchId}, ${message.seq}, ${tx.tenantId}, ${message.contactId}, ${state}::message_state, ${reason}::text,
        ${message.revision}, ${cappedAt}::timestamptz)
      ON CONFLICT DO NOTHING RETURNING batch_id, state, reason),
    sized AS (UPDATE batch SET size = size + 1 WHERE id IN (SELECT batch_id FROM made))
    INSERT INTO tally (tenant_id, batch_id, state, reason, delta) SELECT ${tx.tenantId}::uuid, batch_id, state, reason, 1 FROM made`);
}

/** Ends the ready messages of a series' batch, except one; returns their number. */
export const endOthers = (
  tx: Transaction,
  { batchId, keep, at }: { readonly batchId: string; readonly keep: number | null; readonly at: string },
): Promise<number> => ended(tx, { batchId, at, which: sql`seq IS DISTINCT FROM ${keep}::int` });

/** Ends these messages of a series' batch if they are ready; returns their number. */
export const endReadySteps = (
  tx: Transaction,
  { batchId, seqs, at }: { readonly batchId: string; readonly seqs: readonly number[]; readonly at: string },
): Promise<number> => ended(tx, { batchId, at, which: sql`seq = ANY(${seqs}::int[])` });

const endedRows = computedRows({ ended: col.number() });

async function ended(
  tx: Transaction,
  about: { readonly batchId: string; readonly at: string; readonly which: RawBuilder<unknown> },
): Promise<number> {
  const { batchId, at, which } = about;
  const row = await tx.first(endedRows.sql`
    WITH ended AS (
      UPDATE message SET state = 'excluded', reason = 'CANCELLED', not_before = NULL, final_at = ${at}::timestamptz
       WHERE batch_id = ${batchId}::uuid AND state = 'ready' AND ${which}
      RETURNING seq),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, ${batchId}::uuid, 'excluded'::message_state, 'CANCELLED', count(*) FROM ended HAVING count(*) > 0
      UNION ALL SELECT ${tx.tenantId}::uuid, ${batchId}::uuid, 'ready'::message_state, NULL, -count(*) FROM ended HAVING count(*) > 0)
    SELECT count(*)::int AS ended FROM ended`);
  return row?.ended ?? 0;
}

const undeliveredStepRows = rowsOf('reminder_step', ['revision', 'step'])
  .and('reminder_series', ['contactId'])
  .with({ seriesId: col.of('batch', 'seriesId').known() });

/** Finds the step of an undelivered message; undefined for other messages. */
export const undeliveredStep = (
  tx: Transaction,
  { batchId, seq }: { readonly batchId: string; readonly seq: number },
) =>
  tx.first(undeliveredStepRows.sql`
    SELECT b.series_id AS "seriesId", s.contact_id AS "contactId", p.revision, p.step
      FROM batch b JOIN reminder_series s ON s.id = b.series_id
      JOIN reminder_step p ON p.series_id = b.series_id AND p.revision * 1000 + p.position = ${seq}
     WHERE b.id = ${batchId}::uuid`);

/** The count of undelivered reminders stops here. */
const MOST = 20;

const undeliveredCountRows = computedRows({ inARow: col.number() });

/** Counts, among reminders with a known outcome, the latest in a row that did not reach the person's present number. */
export async function undeliveredInARow(tx: Transaction, contactId: string): Promise<number> {
  const row = await tx.first(undeliveredCountRows.sql`
    WITH known AS (
      SELECT m.state, row_number() OVER (ORDER BY m.accepted_at DESC, m.batch_id DESC, m.seq DESC) AS turn
        FROM message m JOIN batch b ON b.id = m.batch_id JOIN contact c ON c.id = m.contact_id
       WHERE m.tenant_id = ${tx.tenantId}::uuid AND m.contact_id = ${contactId}::uuid AND b.kind = 'series'
         AND m.state IN ('delivered', 'undelivered') AND m.accepted_at >= coalesce(c.number_since, '-infinity')
       ORDER BY turn LIMIT ${MOST})
    SELECT count(*) FILTER (WHERE turn < coalesce((SELECT min(turn) FROM known WHERE state = 'delivered'), ${MOST + 1}))::int AS "inARow"
      FROM known`);
  return row?.inARow ?? 0;
}

const remindedRows = computedRows({
  sender: col.text(),
  /** The appointment it was about; null for anything else. */
  seriesId: col.text().orNull(),
  /** True when its last message has the current revision. */
  current: col.flag(),
  /** True when the appointment is still to come. */
  ahead: col.flag(),
  /** True when a message about it asked for an answer. */
  asked: col.flag(),
  /** True when one with the current date did. */
  askedNow: col.flag(),
});

/** A message that a person may have read, one row a batch; the latest first. */
export type Reminded = RowOf<typeof remindedRows>;

const MOST_REMINDED = 50;

/** Reads the reminders that the tenant sent to a number through an account and that may have been read. */
export const remindedOf = (
  tx: Transaction,
  about: { readonly accountId: string; readonly phoneIndex: Buffer; readonly at: string },
): Promise<Reminded[]> =>
  tx.rows(remindedRows.sql`
    SELECT coalesce(p.sender, s.sender, '') AS sender, CASE WHEN s.kind = 'appointment' THEN s.id END AS "seriesId",
           coalesce(max(m.seq / 1000) = s.revision, false) AS current,
           coalesce(s.kind = 'appointment' AND s.event_at > ${about.at}::timestamptz AND s.state NOT IN ('cancelled', 'superseded'), false) AS ahead,
           coalesce(bool_or(t.asks), false) AS asked, coalesce(bool_or(t.asks AND m.seq / 1000 = s.revision), false) AS "askedNow"
      FROM contact c
      JOIN message m ON m.tenant_id = c.tenant_id AND m.contact_id = c.id
       AND m.state IN ('submitting', 'accepted', 'delivered', 'undelivered', 'uncertain')
      JOIN batch b ON b.id = m.batch_id AND (b.account_id = ${about.accountId} OR ${about.accountId} = ANY (b.former)) AND b.kind IN ('campaign', 'series')
      LEFT JOIN message_text t ON t.batch_id = m.batch_id AND t.seq = m.seq
      LEFT JOIN campaign p ON p.id = b.campaign_id
      LEFT JOIN reminder_series s ON s.id = b.series_id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.phone_index = ${about.phoneIndex}
     GROUP BY b.id, p.id, s.id
     ORDER BY max(m.accepted_at) DESC NULLS LAST LIMIT ${MOST_REMINDED}`);

const actRows = computedRows({ act: col.flag() });

/** Says whether the tenant lets replies act on appointments. */
export async function repliesAct(tx: Transaction): Promise<boolean> {
  const row = await tx.first(actRows.sql`
    SELECT coalesce((settings ->> 'appointmentReplies')::boolean, true) AS act FROM tenant WHERE id = ${tx.tenantId}::uuid`);
  return row?.act ?? false;
}

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

/** Stores the text of a message that was not marked yet; a sent one is never rewritten. */
export async function keepMessageText(
  tx: Transaction,
  text: {
    readonly batchId: string;
    readonly seq: number;
    readonly contactId: string;
    readonly sealed: Buffer;
    /** True when it asks whether the person comes. */
    readonly asks: boolean;
    /** ISO instant of its removal. */
    readonly removeAt: string;
  },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO message_text AS k (batch_id, seq, tenant_id, contact_id, sealed, asks, remove_at)
    SELECT m.batch_id, m.seq, m.tenant_id, ${text.contactId}::uuid, ${text.sealed}, ${text.asks}, ${text.removeAt}::timestamptz
      FROM message m WHERE m.batch_id = ${text.batchId}::uuid AND m.seq = ${text.seq} AND m.state = 'ready'
    ON CONFLICT (batch_id, seq) DO UPDATE SET sealed = excluded.sealed, asks = excluded.asks, contact_id = excluded.contact_id, remove_at = excluded.remove_at`);
}

export const messageTextPlace = (batchId: string, seq: number) => ({
  table: 'message_text',
  column: 'sealed',
  row: `${batchId}_${seq}`,
});
