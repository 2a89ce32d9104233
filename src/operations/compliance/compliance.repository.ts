import { sql } from 'kysely';
import { isLate, unreached, wasSendable, type ReachTerms } from '../../people/index.ts';
import { clockColumn } from '../../person/index.ts';
import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

/** A period, by the machine clock for marks and by the law clock for everything else. */
export interface RegisterPeriod {
  /** ISO instants; from inclusive, to exclusive. */
  readonly from: string;
  readonly to: string;
}

const attemptsRows = rowsOf('gateway_account', ['fake'])
  .and('batch', ['purpose'])
  .with({
    account: col.of('gateway_account', 'name'),
    submissions: col.number(),
    messages: col.number(),
    /** Calls marked or begun when their decision no longer held, or no longer in the strictest possible zone; must be 0. */
    outsideWindow: col.number(),
    /** Calls without a decision; must be 0. */
    withoutDecision: col.number(),
    /** Calls whose answer was lost: `open` with a message still uncertain, `resolved` without. */
    uncertain: col.json<Readonly<Record<string, number>>>(),
  });

const decidedPlaceRows = rowsOf('decision', ['id', 'purpose', 'profile', 'territory', 'timeZone', 'at']).with(
  { marginMs: col.number(), timeZones: col.list<string>().orNull() },
);

/** Reads the decisions of a period that allowed a call, in territories of several zones. */
export const decidedPlacesIn = (
  tx: Transaction,
  { from, to }: RegisterPeriod,
  territories: readonly string[],
) =>
  tx.rows(decidedPlaceRows.sql`
    SELECT d.id, d.purpose, d.profile, d.territory, d.time_zone AS "timeZone", iso(d.at) AS at,
           coalesce((d.inputs ->> 'marginMs')::int, 0) AS "marginMs", d.inputs -> 'timeZones' AS "timeZones"
      FROM decision d
     WHERE d.tenant_id = ${tx.tenantId}::uuid AND d.verdict = 'allow' AND d.territory = ANY(${territories}::text[])
       AND d.at >= ${from}::timestamptz AND d.at < ${to}::timestamptz
       AND EXISTS (SELECT FROM submission s WHERE s.decision_id = d.id)`);

/**
 * Counts calls by account and purpose, each compared with its decision and with `closes`: the instant up to which a
 * decision held in the strictest possible zone. Marks and first bytes are by the machine clock, decisions by the law
 * clock. The id of a decision has the machine time at which it was made, which converts one to the other: nothing is
 * marked under a decision from before a move of the law clock.
 */
export const attemptsIn = (
  tx: Transaction,
  { from, to }: RegisterPeriod,
  closes: readonly { readonly id: string; readonly closesAt: string }[],
) =>
  tx.rows(attemptsRows.sql`
    WITH attempt AS (
      SELECT s.id, s.account_id, s.batch_id, s.messages, s.outcome, s.outcome_code, b.purpose, d.id AS decision_id, d.verdict,
             least(d.until, j.closes) AS until,
             d.at + (s.marked_at - uuid_extract_timestamp(d.id)) AS marked,
             d.at + ((SELECT max(x.first_byte_at) FROM acceptance x
                       WHERE x.tenant_id = s.tenant_id AND x.batch_id = s.batch_id AND x.submission_id = s.id)
                     - uuid_extract_timestamp(d.id)) AS begun
        FROM submission s JOIN batch b ON b.id = s.batch_id LEFT JOIN decision d ON d.id = s.decision_id
        LEFT JOIN unnest(${closes.map(({ id }) => id)}::uuid[], ${closes.map(({ closesAt }) => closesAt)}::timestamptz[]) AS j(id, closes) ON j.id = d.id
       WHERE s.tenant_id = ${tx.tenantId}::uuid
         AND coalesce(d.at, s.marked_at) >= ${from}::timestamptz AND coalesce(d.at, s.marked_at) < ${to}::timestamptz),
    open AS (
      SELECT DISTINCT a.id FROM attempt a JOIN message m ON m.batch_id = a.batch_id AND m.submission_id = a.id
        AND m.batch_id = ANY(ARRAY(SELECT batch_id FROM attempt WHERE outcome = 'unknown'))
       WHERE a.outcome = 'unknown' AND m.state = 'uncertain')
    SELECT g.name AS account, g.fake, a.purpose, count(*)::int AS submissions, sum(a.messages)::int AS messages,
           count(*) FILTER (WHERE a.verdict <> 'allow' OR a.marked >= a.until OR a.begun >= a.until)::int AS "outsideWindow",
           count(*) FILTER (WHERE a.decision_id IS NULL)::int AS "withoutDecision",
           jsonb_strip_nulls(jsonb_build_object(
             'open', nullif(count(o.id), 0),
             'resolved', nullif(count(*) FILTER (WHERE a.outcome = 'unknown' AND o.id IS NULL), 0))) AS uncertain
      FROM attempt a JOIN gateway_account g ON g.id = a.account_id LEFT JOIN open o ON o.id = a.id
     GROUP BY 1, 2, 3 ORDER BY 1, 3`);

const endedRows = computedRows({
  accepted: col.number(),
  notAccepted: col.number(),
  /** Messages that the operator had not taken, and that another call handed over. */
  sentAgain: col.number(),
  /** Messages that the operator had not taken, and that no other call handed over: they wait or were left out. */
  notSentAgain: col.number(),
  stillUnknown: col.number(),
});

/** Restricts a join to the batches in doubt: without it PostgreSQL reads the messages of all months. */
const IN_DOUBT = sql`m.batch_id = ANY(ARRAY(SELECT batch_id FROM doubt))`;

/**
 * Counts what became of the messages whose answer was lost in the period, by a receipt, a look-up, a repetition or a
 * person. A message that became ready again no longer refers to its call: the audit of its resolution, or the result
 * of the look-up stored with the call, names it, and its row shows whether it was sent again.
 */
export async function endedIn(tx: Transaction, { from, to }: RegisterPeriod) {
  const row = await tx.first(endedRows.sql`
    WITH doubt AS (
      SELECT s.id, s.batch_id, s.messages, s.not_taken, d.at, s.marked_at FROM submission s LEFT JOIN decision d ON d.id = s.decision_id
       WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.outcome = 'unknown'
         AND coalesce(d.at, s.marked_at) >= ${from}::timestamptz AND coalesce(d.at, s.marked_at) < ${to}::timestamptz),
    held AS (
      SELECT count(*) FILTER (WHERE m.state IN ('accepted', 'delivered', 'undelivered')) AS accepted,
             count(*) FILTER (WHERE m.state = 'failed') AS failed,
             count(*) FILTER (WHERE m.state = 'uncertain') AS unknown, count(m.seq) AS held
        FROM doubt x JOIN message m ON m.batch_id = x.batch_id AND m.submission_id = x.id AND ${IN_DOUBT}),
    given AS MATERIALIZED (
      SELECT batch_id, seq, count(*) AS times FROM (
        SELECT split_part(subject, '_', 2)::uuid AS batch_id, split_part(subject, '_', 3)::int AS seq
          FROM audit_entry
         WHERE tenant_id = ${tx.tenantId}::uuid AND id >= (SELECT id FROM doubt ORDER BY id LIMIT 1)
           AND action = 'message.resolved' AND details ->> 'state' = 'ready'
        UNION ALL
        SELECT x.batch_id, asked.seq FROM doubt x CROSS JOIN unnest(x.not_taken) AS asked(seq)
          JOIN message m ON m.batch_id = x.batch_id AND m.seq = asked.seq AND ${IN_DOUBT} AND m.submission_id IS DISTINCT FROM x.id) g
       GROUP BY 1, 2),
    back AS (
      SELECT accepted, failed, unknown, (SELECT coalesce(sum(messages), 0) FROM doubt) - held AS back,
             (SELECT coalesce(sum(g.times - (m.submission_id IS NULL)::int), 0) FROM given g JOIN message m USING (batch_id, seq) WHERE ${IN_DOUBT}) AS again
        FROM held)
    SELECT accepted::int, failed::int AS "notAccepted", unknown::int AS "stillUnknown",
           least(back, again)::int AS "sentAgain", (back - least(back, again))::int AS "notSentAgain" FROM back`);
  return row ?? { accepted: 0, notAccepted: 0, sentAgain: 0, notSentAgain: 0, stillUnknown: 0 };
}

const messageStateRows = rowsOf('batch', ['purpose'])
  .and('message', ['state'])
  .with({ reason: col.text().orNull(), messages: col.number() });

/** Counts messages by outcome; the period is compared with when each ended, else was accepted, else was planned. */
export const messagesIn = (tx: Transaction, { from, to }: RegisterPeriod) =>
  tx.rows(messageStateRows.sql`
    SELECT b.purpose, m.state::text AS state, CASE WHEN m.state <> 'undelivered' THEN m.reason END AS reason, count(*)::int AS messages
      FROM batch b JOIN message m ON m.batch_id = b.id
     WHERE b.tenant_id = ${tx.tenantId}::uuid AND b.created_at < ${to}::timestamptz
       AND coalesce(m.final_at, m.accepted_at, b.created_at) >= ${from}::timestamptz
       AND coalesce(m.final_at, m.accepted_at, b.created_at) < ${to}::timestamptz
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);

const heldRows = rowsOf('decision', ['purpose']).with({
  ruleId: col.text(),
  title: col.text(),
  decisions: col.number(),
  batches: col.number(),
});

/** Counts, by rule, the decisions that made messages wait or ended them. */
export const holdsIn = (tx: Transaction, { from, to }: RegisterPeriod) =>
  tx.rows(heldRows.sql`
    SELECT d.purpose, r.line ->> 'id' AS "ruleId", min(r.line ->> 'title') AS title,
           count(DISTINCT d.id)::int AS decisions, count(DISTINCT d.batch_id)::int AS batches
      FROM decision d CROSS JOIN LATERAL jsonb_array_elements(d.rules) AS r(line)
     WHERE d.tenant_id = ${tx.tenantId}::uuid AND d.verdict <> 'allow'
       AND d.at >= ${from}::timestamptz AND d.at < ${to}::timestamptz
       AND r.line ->> 'effect' IN ('bars', 'ends', 'doubts')
     GROUP BY 1, 2 ORDER BY 1, 2`);

const movedRows = rowsOf('reminder_step', ['state']).with({ code: col.text(), steps: col.number() });

/** Counts the reminders moved from a wished moment in the period, by the code of the reason. */
export const movedIn = (tx: Transaction, { from, to }: RegisterPeriod) =>
  tx.rows(movedRows.sql`
    SELECT because ->> 'code' AS code, state, count(*)::int AS steps FROM reminder_step
     WHERE tenant_id = ${tx.tenantId}::uuid AND because IS NOT NULL
       AND wanted_at >= ${from}::timestamptz AND wanted_at < ${to}::timestamptz
     GROUP BY 1, 2 ORDER BY 1, 2`);

const delayRows = computedRows({
  heard: col.number(),
  p50Ms: col.number().orNull(),
  p99Ms: col.number().orNull(),
  maxMs: col.number().orNull(),
});

/** Measures STOPs by SMS from the operator's call to the commit that suppresses the number. */
export async function stopDelayIn(tx: Transaction, { from, to }: RegisterPeriod) {
  const row = await tx.first(delayRows.sql`
    SELECT count(*)::int AS heard, ${percentiles(sql`i.effective_at - i.received_at`)}
      FROM reply r JOIN inbound i ON i.id = r.inbound_id
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.reading = 'stop'
       AND r.received_at >= ${from}::timestamptz AND r.received_at < ${to}::timestamptz`);
  return row ?? { heard: 0, p50Ms: null, p99Ms: null, maxMs: null };
}

const optOutDelayRows = rowsOf('consent_event', ['kind']).with({
  channel: col.text(),
  /** Opt-outs recorded later than the law allows for manual channels. */
  late: col.number(),
  /** Those among them whose person could still be written to when the delay ended; must be 0. */
  lateWhileSendable: col.number(),
  heard: col.number(),
  p50Ms: col.number().orNull(),
  p99Ms: col.number().orNull(),
  maxMs: col.number().orNull(),
});

/** Measures opt-outs from the person's act to its record; one in a file has the date that the file gives. */
export const optOutDelaysIn = (tx: Transaction, { from, to }: RegisterPeriod) =>
  tx.rows(optOutDelayRows.sql`
    SELECT coalesce(channel, 'unknown') AS channel, kind, count(*)::int AS heard, ${percentiles(sql`recorded_at - occurred_at`)},
           count(*) FILTER (WHERE ${isLate})::int AS late,
           count(*) FILTER (WHERE ${isLate} AND ${wasSendable})::int AS "lateWhileSendable"
      FROM consent_event e
     WHERE tenant_id = ${tx.tenantId}::uuid AND kind IN ('withdrawn', 'objected')
       AND recorded_at >= ${from}::timestamptz AND recorded_at < ${to}::timestamptz
     GROUP BY 1, 2 ORDER BY 1, 2`);

const percentiles = (delay: ReturnType<typeof sql>): ReturnType<typeof sql> => {
  const ms = sql`(extract(epoch FROM ${delay}) * 1000)::float8`;
  return sql`percentile_disc(0.5) WITHIN GROUP (ORDER BY ${ms}) AS "p50Ms",
             percentile_disc(0.99) WITHIN GROUP (ORDER BY ${ms}) AS "p99Ms", max(${ms}) AS "maxMs"`;
};

const sourceRows = rowsOf('consent_event', ['purpose', 'basis', 'method', 'proof']).with({
  grants: col.number(),
});

/** Counts consents and other bases recorded in the period. */
export const sourcesIn = (tx: Transaction, { from, to }: RegisterPeriod) =>
  tx.rows(sourceRows.sql`
    SELECT purpose, basis, method, proof, count(*)::int AS grants FROM consent_event
     WHERE tenant_id = ${tx.tenantId}::uuid AND kind IN ('granted', 'confirmed', 'reinstated')
       AND recorded_at >= ${from}::timestamptz AND recorded_at < ${to}::timestamptz
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`);

const cleanedRows = computedRows({
  runs: col.number(),
  removed: col.json<Readonly<Record<string, number>>>(),
});

/** Counts cleanings that began in the period, and what they removed. */
export async function cleanedIn(tx: Transaction, { from, to }: RegisterPeriod) {
  const row = await tx.first(cleanedRows.sql`
    WITH run AS (SELECT id, lines FROM retention_run
                  WHERE tenant_id = ${tx.tenantId}::uuid AND kind = 'cleaning'
                    AND started_at >= ${from}::timestamptz AND started_at < ${to}::timestamptz)
    SELECT (SELECT count(*)::int FROM run) AS runs,
           (SELECT coalesce(jsonb_object_agg(key, n), '{}') FROM (
              SELECT l.key, sum(l.value::bigint) AS n FROM run CROSS JOIN LATERAL jsonb_each_text(run.lines) l GROUP BY 1) t) AS removed`);
  return row ?? { runs: 0, removed: {} };
}

const rightsRows = computedRows({
  erasures: col.number(),
  erasuresDone: col.number(),
  erasuresLate: col.number(),
});

/** Counts erasures requested in the period; a late one was done after its month, or was overdue and not done at `to`. */
export async function rightsRequestsIn(tx: Transaction, { from, to }: RegisterPeriod) {
  const row = await tx.first(rightsRows.sql`
    SELECT count(*)::int AS erasures, count(completed_at)::int AS "erasuresDone",
           count(*) FILTER (WHERE coalesce(completed_at, ${to}::timestamptz) > due_at)::int AS "erasuresLate"
      FROM erasure WHERE tenant_id = ${tx.tenantId}::uuid
       AND requested_at >= ${from}::timestamptz AND requested_at < ${to}::timestamptz`);
  return row ?? { erasures: 0, erasuresDone: 0, erasuresLate: 0 };
}

const operatorUsedRows = rowsOf('gateway_account', ['name', 'kind', 'fake'])
  .and('batch', ['purpose'])
  .with({ messages: col.number(), firstAt: col.text(), lastAt: col.text() });

export type OperatorUsed = RowOf<typeof operatorUsedRows>;

/** Reads the accounts that messages were handed to in the period, by purpose. */
export const operatorsUsed = (tx: Transaction, { from, to }: RegisterPeriod) =>
  tx.rows(operatorUsedRows.sql`
    SELECT g.name, g.kind, g.fake, b.purpose, sum(s.messages)::int AS messages,
           iso(min(s.marked_at)) AS "firstAt", iso(max(s.marked_at)) AS "lastAt"
      FROM submission s JOIN batch b ON b.id = s.batch_id JOIN gateway_account g ON g.id = s.account_id
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.marked_at >= ${from}::timestamptz AND s.marked_at < ${to}::timestamptz
     GROUP BY 1, 2, 3, 4 ORDER BY 4, 1`);

const baseRows = rowsOf('consent', ['purpose', 'basis']).with({ people: col.number() });

/** Lists the legal bases in use, each with how many people campaigns would write to now, which may be none. */
export const basesNow = (tx: Transaction, reach: ReachTerms) =>
  tx.rows(baseRows.sql`
    SELECT k.purpose, k.basis, (count(*) FILTER (WHERE ${unreached(reach)} IS NULL))::int AS people
      FROM consent k JOIN contact c ON c.id = k.contact_id
     WHERE k.tenant_id = ${tx.tenantId}::uuid AND k.sendable GROUP BY 1, 2 ORDER BY 1, 2`);

const figuresRows = computedRows({
  contacts: col.number(),
  minors: col.number(),
  suppressions: col.number(),
  openSeries: col.number(),
  practices: col.number(),
  forms: col.number(),
  erasures: col.number(),
  keys: col.json<Readonly<Record<string, number>>>(),
  imports: col.json<readonly { readonly kind: string; readonly source: string; readonly rows: number }[]>(),
  proofs: col.json<Readonly<Record<string, number>>>(),
});

const NO_FIGURES: RowOf<typeof figuresRows> = {
  contacts: 0,
  minors: 0,
  suppressions: 0,
  openSeries: 0,
  practices: 0,
  forms: 0,
  erasures: 0,
  keys: {},
  imports: [],
  proofs: {},
};

/** Counts what a tenant processes; `on` is the local date (`YYYY-MM-DD`) that decides who is a minor. */
export async function figuresNow(tx: Transaction, on: string) {
  const own = sql`tenant_id = ${tx.tenantId}::uuid`;
  const row = await tx.first(figuresRows.sql`
    SELECT (SELECT count(*)::int FROM contact WHERE ${own}) AS contacts,
           (SELECT count(*)::int FROM contact WHERE ${own} AND adult_on > ${on}::date) AS minors,
           (SELECT count(*)::int FROM suppression WHERE ${own} AND lifted_at IS NULL) AS suppressions,
           (SELECT count(*)::int FROM reminder_series WHERE ${own} AND state IN ('open', 'paused')) AS "openSeries",
           (SELECT count(*)::int FROM practice WHERE ${own}) AS practices,
           (SELECT count(*)::int FROM form WHERE ${own} AND closed_at IS NULL) AS forms,
           (SELECT count(*)::int FROM erasure WHERE ${own}) AS erasures,
           (SELECT coalesce(json_object_agg(role, n), '{}') FROM (
              SELECT role, count(*) AS n FROM api_key WHERE ${own} AND revoked_at IS NULL GROUP BY role) k) AS keys,
           (SELECT coalesce(json_agg(i), '[]') FROM (
              SELECT kind, source, sum(rows)::int AS rows FROM import WHERE ${own} GROUP BY 1, 2 ORDER BY 1, 2) i) AS imports,
           (SELECT coalesce(json_object_agg(proof, n), '{}') FROM (
              SELECT proof, count(*) AS n FROM consent_event WHERE ${own} AND kind IN ('granted', 'confirmed', 'reinstated') GROUP BY proof) p) AS proofs`);
  return row ?? NO_FIGURES;
}

const hourOfSendsRows = computedRows({
  /** `YYYY-MM-DD`. */
  on: col.text(),
  /** 0 to 23. */
  hour: col.number(),
  messages: col.number(),
  delivered: col.number(),
  undelivered: col.number(),
});

const clock = sql.raw(clockColumn('b.time_zone'));

/** Counts messages of a purpose in a period, by the local hour of their recipients; empty hours are left out. */
export const sendsByHour = (
  tx: Transaction,
  { from, to, purpose }: RegisterPeriod & { readonly purpose: string },
) =>
  tx.rows(hourOfSendsRows.sql`
    SELECT to_char(m.accepted_at AT TIME ZONE ${clock}, 'YYYY-MM-DD') AS "on",
           extract(hour FROM m.accepted_at AT TIME ZONE ${clock})::int AS hour, count(*)::int AS messages,
           count(*) FILTER (WHERE m.state = 'delivered')::int AS delivered,
           count(*) FILTER (WHERE m.state = 'undelivered')::int AS undelivered
      FROM batch b JOIN message m ON m.batch_id = b.id
     WHERE b.tenant_id = ${tx.tenantId}::uuid AND b.purpose = ${purpose} AND b.created_at < ${to}::timestamptz
       AND m.accepted_at >= ${from}::timestamptz AND m.accepted_at < ${to}::timestamptz
     GROUP BY 1, 2 ORDER BY 1, 2`);

const delayStepRows = computedRows({ step: col.number(), stops: col.number() });

/** Counts STOPs by SMS in steps of their delay from the operator's call to the commit that suppresses the number. */
export async function stopDelaySteps(
  tx: Transaction,
  { from, to }: RegisterPeriod,
  stepsMs: readonly number[],
) {
  const rows = await tx.rows(delayStepRows.sql`
    SELECT width_bucket((extract(epoch FROM i.effective_at - i.received_at) * 1000)::float8, ${stepsMs}::float8[]) AS step,
           count(*)::int AS stops
      FROM reply r JOIN inbound i ON i.id = r.inbound_id
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.reading = 'stop' AND i.effective_at IS NOT NULL
       AND r.received_at >= ${from}::timestamptz AND r.received_at < ${to}::timestamptz
     GROUP BY 1`);
  const counted = new Map(rows.map(({ step, stops }) => [step, stops]));
  // The step null is for delays longer than all others.
  return [...stepsMs, null].map((withinMs, step) => ({ withinMs, stops: counted.get(step) ?? 0 }));
}
