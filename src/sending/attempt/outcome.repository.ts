import { sql } from 'kysely';
import {
  isUniqueViolation,
  byteaArray,
  LedgerUnavailable,
  plainArray,
  textArray,
  col,
  computedRows,
  type Ledger,
  type Statement,
  type Transaction,
} from '../../platform/index.ts';
import { insertRefunds, IS_CHARGED } from '../cost/cost.repository.ts';
import { endEpoch } from '../batch/own.repository.ts';
import { HELD, type ReceiptEffect } from '../receipts/receipt-effects.repository.ts';

/**
 * Writes outcomes of one batch, whatever the epoch: evidence is never fenced. Repeating it changes nothing: only
 * rows whose submission is the one answered move, and only forward. Returns `unavailable` when the database is
 * gone: the evidence must then be kept and written later.
 */
export async function recordOutcomes(
  ledger: Ledger,
  where: OutcomePlace,
  outcomes: readonly Outcome[],
): Promise<'written' | 'unavailable'> {
  // All writers of a batch's messages write in the order of seq: no deadlock.
  const inOrder = outcomes.toSorted((one, other) => one.seq - other.seq);
  try {
    await record(ledger, where, inOrder);
    return 'written';
  } catch (cause) {
    if (cause instanceof LedgerUnavailable) return 'unavailable';
    throw cause;
  }
}

/**
 * Writes outcomes. An id is rarely known already: only then is the slower insert used that looks before it writes.
 */
async function record(ledger: Ledger, where: OutcomePlace, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  try {
    await ledger.record(where.tenantId, statementsOf(where, outcomes, 'new'));
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    await ledger.record(where.tenantId, statementsOf(where, outcomes, 'known'));
  }
}

/** Whether all ids of the operator are taken to be new, or some may be kept already. */
type Ids = 'new' | 'known';

function statementsOf(where: OutcomePlace, outcomes: readonly Outcome[], ids: Ids): Statement[] {
  const accepted = outcomes.filter((one) => one.kind === 'accepted');
  const others = outcomes.filter((one) => one.kind !== 'accepted');
  const ended = new Set(others.flatMap(({ lostUnder }) => lostUnder ?? []));
  return [
    ...[...ended].flatMap((epoch) => endEpoch(where.batchId, epoch)),
    ...(accepted.length > 0 ? [recordAccepted(where, accepted, ids)] : []),
    ...(outcomes.some(({ partIds }) => partIds !== undefined) ? [recordParts(where, outcomes)] : []),
    ...(others.length > 0
      ? [recordOthers(where, others), forgetUnwritten(where, others), judgeSubmissions(others)]
      : []),
    ...(others.some(({ askedOf }) => askedOf) ? [noteNotTaken(where, others)] : []),
  ];
}

const recordAccepted = (where: OutcomePlace, accepted: readonly AcceptedMessage[], ids: Ids): Statement => ({
  name: ids === 'new' ? 'record_accepted' : 'record_accepted_again',
  text: `
    WITH a AS MATERIALIZED (
      SELECT * FROM unnest($2::int[], $3::uuid[], $4::text[], $5::bytea[], $6::float8[], $7::float8[], $11::smallint[])
        AS a(seq, submission_id, gateway_id, recipient, first_byte, answered, parts)),
    done AS (
      UPDATE message m SET state = 'accepted', reason = NULL, accepted_at = $10::timestamptz FROM a
       WHERE m.batch_id = $1::uuid AND m.seq = a.seq AND m.submission_id = a.submission_id AND m.state IN ('submitting', 'uncertain')
      RETURNING OLD.state AS was, OLD.reason AS why),
    taken AS (
      INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, first_byte_at, answered_at, part, parts)
      SELECT $8::uuid, gateway_id, recipient, $9::uuid, $1::uuid, seq, submission_id, to_timestamp(first_byte / 1000), to_timestamp(answered / 1000), parts, parts
        FROM a${ids === 'new' ? '' : ' ON CONFLICT DO NOTHING'}),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT $9::uuid, $1::uuid, 'accepted'::message_state, NULL, count(*) FROM done HAVING count(*) > 0
      UNION ALL SELECT $9::uuid, $1::uuid, was, why, -count(*) FROM done GROUP BY was, why)
    SELECT count(*)::int AS done FROM done`,
  values: [
    where.batchId,
    plainArray(accepted.map(({ seq }) => seq)),
    plainArray(accepted.map(({ submissionId }) => submissionId)),
    textArray(accepted.map(({ gatewayId }) => gatewayId)),
    byteaArray(accepted.map(({ recipient }) => recipient)),
    plainArray(accepted.map(({ firstByteAt }) => firstByteAt ?? 'NULL')),
    plainArray(accepted.map(({ answeredAt }) => answeredAt)),
    where.accountId,
    where.tenantId,
    where.lawNow,
    plainArray(accepted.map(({ partIds }) => partIds?.length ?? 1)),
  ],
});

/**
 * Records every outcome but acceptances. A message that is put back waits for the lock of its batch, and reopens it
 * if it has ended.
 */
const recordOthers = (where: OutcomePlace, others: readonly OtherOutcome[]): Statement => ({
  name: 'record_others',
  text: `
    WITH a AS MATERIALIZED (
      SELECT seq, submission_id, reason, kind, to_timestamp(not_before / 1000) AS not_before,
             CASE kind WHEN 'failed' THEN 'failed' WHEN 'uncertain' THEN 'uncertain' ELSE 'ready' END::message_state AS state
        FROM unnest($2::int[], $3::uuid[], $4::text[], $5::text[], $6::float8[]) AS a(seq, submission_id, kind, reason, not_before)),
    done AS (
      UPDATE message m
         SET state = a.state, reason = CASE WHEN a.state <> 'ready' THEN nullif(a.reason, '') END,
             submission_id = CASE WHEN a.state = 'ready' THEN NULL ELSE m.submission_id END,
             not_before = CASE WHEN a.state = 'ready' THEN a.not_before END,
             final_at = CASE WHEN a.state = 'failed' THEN $8::timestamptz END
        FROM a
       WHERE m.batch_id = $1::uuid AND m.seq = a.seq AND m.submission_id = a.submission_id
         AND (m.state = 'submitting' OR m.state = 'uncertain' AND a.state IN ('failed', 'ready'))
      RETURNING OLD.state AS was, OLD.reason AS why, NEW.state AS is, NEW.reason AS because, NEW.parts, OLD.submission_id AS submission, a.kind),
    refunded AS (
${insertRefunds('done', { at: '$8::timestamptz', where: `r.kind IN ('failed', 'again')` })}),
    owed AS (
      UPDATE batch b SET spent = b.spent - CASE WHEN ${IS_CHARGED} THEN coalesce(r.cost, 0) ELSE 0 END,
             state = CASE WHEN r.ready > 0 THEN 'open' ELSE b.state END,
             next_action_at = CASE WHEN b.state = 'done' AND r.ready > 0 THEN $8::timestamptz ELSE b.next_action_at END
        FROM (SELECT sum(parts * coalesce((SELECT s.price FROM submission s WHERE s.id = submission), $9::numeric)) FILTER (WHERE "is" <> 'uncertain') AS cost,
                     count(*) FILTER (WHERE "is" = 'ready') AS ready FROM done) r
       WHERE b.id = $1::uuid AND (r.cost > 0 OR r.ready > 0)),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT $7::uuid, $1::uuid, "is", because, count(*) FROM done GROUP BY "is", because
      UNION ALL SELECT $7::uuid, $1::uuid, was, why, -count(*) FROM done GROUP BY was, why)
    SELECT count(*)::int AS done FROM done`,
  values: [
    where.batchId,
    plainArray(others.map(({ seq }) => seq)),
    plainArray(others.map(({ submissionId }) => submissionId)),
    plainArray(others.map(({ kind }) => kind)),
    textArray(others.map(({ reason }) => reason)),
    plainArray(others.map(({ notBefore }) => notBefore)),
    where.tenantId,
    where.lawNow,
    where.price,
  ],
});

/** Deletes submissions all of whose messages went back; they are found by key, not by a walk through the batch. */
function forgetUnwritten(where: OutcomePlace, others: readonly OtherOutcome[]): Statement {
  const unwritten = others.filter(({ kind }) => kind === 'unwritten');
  return {
    name: 'record_forget',
    text: `
    DELETE FROM submission s USING (
      SELECT a.id FROM unnest($2::int[], $3::uuid[]) AS a(seq, id)
        LEFT JOIN message m ON m.batch_id = $1::uuid AND m.seq = a.seq AND (m.submission_id = a.id) IS TRUE
       GROUP BY a.id HAVING count(m.seq) = 0) gone
     WHERE s.id = gone.id`,
    values: [
      where.batchId,
      plainArray(unwritten.map(({ seq }) => seq)),
      plainArray(unwritten.map(({ submissionId }) => submissionId)),
    ],
  };
}

const judgeSubmissions = (others: readonly OtherOutcome[]): Statement => {
  const judged = verdicts(others);
  return {
    name: 'record_judge',
    text: `
    UPDATE submission s SET outcome = a.outcome, outcome_code = nullif(a.code, ''), outcome_at = clock_timestamp(),
           operator_code = nullif(a.said, ''), operator_words = nullif(a.words, '')
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS a(id, outcome, code, said, words) WHERE s.id = a.id`,
    values: [
      plainArray(judged.map(({ submissionId }) => submissionId)),
      plainArray(judged.map(({ kind }) => (kind === 'uncertain' ? 'unknown' : 'refused'))),
      textArray(judged.map(({ reason }) => reason)),
      textArray(judged.map(({ refusal }) => refusal?.code ?? '')),
      textArray(judged.map(({ refusal }) => refusal?.words ?? '')),
    ],
  };
};

/** Returns one outcome for each call: where one of its messages is uncertain, the call cannot count as refused. */
function verdicts(others: readonly OtherOutcome[]): readonly OtherOutcome[] {
  const answered = others.filter(({ kind, askedOf }) => kind !== 'unwritten' && askedOf !== true);
  const byCall = Map.groupBy(answered, ({ submissionId }) => submissionId);
  return [...byCall.values()].flatMap(
    (call) => call.find(({ kind }) => kind === 'uncertain') ?? call[0] ?? [],
  );
}

/** Notes the messages that a look-up did not find; only those it changed, since a receipt may have come first. */
function noteNotTaken(where: OutcomePlace, others: readonly OtherOutcome[]): Statement {
  const asked = others.filter(({ askedOf }) => askedOf);
  return {
    name: 'record_not_taken',
    text: `
    UPDATE submission s SET not_taken = coalesce(s.not_taken, '{}') || a.seqs
      FROM (SELECT a.id, array_agg(a.seq ORDER BY a.seq) AS seqs FROM unnest($2::int[], $3::uuid[]) AS a(seq, id)
              JOIN message m ON m.batch_id = $1::uuid AND m.seq = a.seq
                AND (m.submission_id IS DISTINCT FROM a.id OR m.state = 'failed') GROUP BY a.id) a
     WHERE s.id = a.id AND NOT coalesce(s.not_taken, '{}') && a.seqs`,
    values: [
      where.batchId,
      plainArray(asked.map(({ seq }) => seq)),
      plainArray(asked.map(({ submissionId }) => submissionId)),
    ],
  };
}

/** Returns the placeholder for an unknown id of a part; an operator's own id never begins so. */
export const unknownPartId = (key: string, at: number, of: number): string =>
  at === of ? `key:${key}` : `key:${key}/${at}`;

/** Stores the ids of parts; the id of an accepted message's last part is kept with its acceptance. */
function recordParts(where: OutcomePlace, outcomes: readonly Outcome[]): Statement {
  const rows = outcomes.flatMap(({ kind, seq, submissionId, partIds = [] }) =>
    partIds.flatMap((gatewayId, place) => {
      const [part, parts] = [place + 1, partIds.length];
      return kind === 'accepted' && part === parts ? [] : [{ seq, submissionId, gatewayId, part, parts }];
    }),
  );
  return {
    name: 'record_parts',
    text: `
    INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at, part, parts)
    SELECT $6::uuid, a.gateway_id, '', $7::uuid, $8::uuid, a.seq, a.submission_id, clock_timestamp(), a.part, a.parts
      FROM unnest($1::int[], $2::uuid[], $3::text[], $4::smallint[], $5::smallint[]) AS a(seq, submission_id, gateway_id, part, parts)
    ON CONFLICT DO NOTHING`,
    values: [
      plainArray(rows.map(({ seq }) => seq)),
      plainArray(rows.map(({ submissionId }) => submissionId)),
      textArray(rows.map(({ gatewayId }) => gatewayId)),
      plainArray(rows.map(({ part }) => part)),
      plainArray(rows.map(({ parts }) => parts)),
      where.accountId,
      where.tenantId,
      where.batchId,
    ],
  };
}

const endedMessageRows = computedRows({ nth: col.number(), whole: col.flag() });

const heldMessageRows = computedRows({ nth: col.number(), ours: col.flag() });

/**
 * Stores the results of parts, at most one of a message. Returns the effect on each message, in order: `whole` once
 * every part is delivered, `part` while others are awaited, `foreign` for another account or number. Each message is
 * locked before its parts are counted: of two receipts for the last two parts, one finds them all.
 */
export async function noteParts(
  tx: Transaction,
  effects: readonly (ReceiptEffect & { readonly parts: number })[],
): Promise<readonly ('whole' | 'part' | 'foreign')[]> {
  if (effects.length === 0) return [];
  const statement = sql`
    SELECT * FROM unnest(${effects.map(({ batchId }) => batchId)}::uuid[], ${effects.map(({ seq }) => seq)}::int[],
                         ${effects.map(({ accountId }) => accountId)}::uuid[], ${effects.map(({ state }) => state)}::text[],
                         ${effects.map(({ phoneIndex }) => phoneIndex)}::bytea[], ${effects.map(({ gatewayId }) => gatewayId)}::text[],
                         ${effects.map(({ parts }) => parts)}::smallint[])
      WITH ORDINALITY AS t(batch_id, seq, account_id, state, phone_index, gateway_id, parts, nth)`;
  const held = await tx.rows(heldMessageRows.sql`
    WITH told AS MATERIALIZED (${statement})
    SELECT t.nth::int AS nth, ${HELD.ours} IS TRUE AS ours FROM told t ${HELD.of} ORDER BY m.batch_id, m.seq FOR UPDATE OF m`);
  const ours = held.filter((one) => one.ours).map(({ nth }) => nth);
  await nameParts(tx, { statement, ours });
  const ended = await tx.rows(endedMessageRows.sql`
    WITH told AS MATERIALIZED (SELECT * FROM (${statement}) t WHERE nth = ANY (${ours}::int[])),
    noted AS (
      UPDATE acceptance a SET told = t.state FROM told t
       WHERE a.account_id = t.account_id AND a.gateway_id = t.gateway_id AND a.recipient = ''
         AND a.batch_id = t.batch_id AND a.seq = t.seq AND a.parts > 1)
    SELECT t.nth::int AS nth,
           count(a.part) FILTER (WHERE coalesce(CASE WHEN a.gateway_id = t.gateway_id THEN t.state END, a.told) = 'delivered') = max(a.parts) AS whole
      FROM told t JOIN message m ON m.batch_id = t.batch_id AND m.seq = t.seq
      JOIN acceptance a ON a.batch_id = m.batch_id AND a.seq = m.seq AND a.submission_id = m.submission_id AND a.parts > 1
     GROUP BY t.nth`);
  const whole = new Map(ended.map((one) => [one.nth, one.whole]));
  return effects.map((_, place) => {
    if (!ours.includes(place + 1)) return 'foreign';
    return whole.get(place + 1) === true ? 'whole' : 'part';
  });
}

/** Gives the id of a receipt to a part of its message whose own id was lost with the answer. */
async function nameParts(
  tx: Transaction,
  { statement, ours }: { readonly statement: ReturnType<typeof sql>; readonly ours: readonly number[] },
): Promise<void> {
  // A process that died before an answer came kept no part of it.
  await tx.run(sql`
    INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at, part, parts)
    SELECT t.account_id, 'key:' || s.key || CASE WHEN n < t.parts THEN '/' || n ELSE '' END, '', ${tx.tenantId}::uuid, t.batch_id, t.seq, s.id, clock_timestamp(), n, t.parts
      FROM (${statement}) t JOIN message m ON m.batch_id = t.batch_id AND m.seq = t.seq JOIN submission s ON s.id = m.submission_id
     CROSS JOIN generate_series(1, t.parts) n
     WHERE t.nth = ANY (${ours}::int[]) AND NOT EXISTS (
             SELECT FROM acceptance a WHERE a.batch_id = t.batch_id AND a.seq = t.seq AND a.submission_id = s.id AND a.parts > 1)
    ON CONFLICT DO NOTHING`);
  await tx.run(sql`
    UPDATE acceptance a SET gateway_id = t.gateway_id
      FROM (${statement}) t JOIN message m ON m.batch_id = t.batch_id AND m.seq = t.seq
     WHERE t.nth = ANY (${ours}::int[]) AND t.gateway_id IS NOT NULL AND a.batch_id = t.batch_id AND a.seq = t.seq AND a.part = (
             SELECT min(q.part) FROM acceptance q
              WHERE q.batch_id = t.batch_id AND q.seq = t.seq AND q.submission_id = m.submission_id AND q.parts > 1
                AND q.told IS NULL AND starts_with(q.gateway_id, 'key:'))
       AND a.submission_id = m.submission_id AND a.parts > 1
       AND NOT EXISTS (SELECT FROM acceptance k WHERE k.account_id = t.account_id AND k.gateway_id = t.gateway_id)`);
}

export interface AcceptedMessage {
  readonly kind: 'accepted';
  readonly seq: number;
  readonly submissionId: string;
  readonly gatewayId: string;
  /** Phone index where one id covers several people; empty otherwise. */
  readonly recipient: Buffer;
  /** Epoch milliseconds of the machine; null when only a look-up reports it. */
  readonly firstByteAt: number | null;
  readonly answeredAt: number;
  /** The id of each part in order; that of the last is `gatewayId`. */
  readonly partIds?: readonly string[];
}

interface OtherOutcome {
  readonly kind: 'failed' | 'uncertain' | 'again' | 'unwritten';
  readonly seq: number;
  readonly submissionId: string;
  /** The reason kept with the row; empty for `again` and `unwritten`. */
  readonly reason: string;
  /** For `again`: epoch milliseconds of the machine before which it is not retried. */
  readonly notBefore: number;
  /** The operator's refusal: its code, and its words without anything that names a person. */
  readonly refusal?: { readonly code: string; readonly words?: string };
  /** Set when the operator was asked about this message alone: it says nothing of the rest of its call. */
  readonly askedOf?: true;
  /** The ids of the possibly accepted parts, in order. */
  readonly partIds?: readonly string[];
  /** The epoch of a mark whose answer was lost: it ends before this is written. */
  readonly lostUnder?: number;
}

export type Outcome = AcceptedMessage | OtherOutcome;

/** The batch and time of the outcomes. */
export interface OutcomePlace {
  readonly tenantId: string;
  readonly batchId: string;
  readonly accountId: string;
  /** ISO instant of the law clock, kept with final states. */
  readonly lawNow: string;
  /** Decimal price of one part, for submissions without their own. */
  readonly price: string | null;
}
