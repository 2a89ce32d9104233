import {
  isUniqueViolation,
  byteaArray,
  LedgerUnavailable,
  plainArray,
  textArray,
  type Ledger,
  type Statement,
} from '../../platform/index.ts';
import { insertRefunds, IS_CHARGED } from '../cost/cost.repository.ts';
import { recordParts } from './message-part.repository.ts';
import type { AcceptedMessage, OtherOutcome, Outcome, OutcomePlace } from './outcome.ts';
import { endEpoch } from '../batch/own.repository.ts';

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

/** Ids of operators are rarely known already: only then does each insert look before it writes. */
async function record(ledger: Ledger, where: OutcomePlace, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  try {
    await ledger.record(where.tenantId, statementsOf(where, outcomes, 'new'));
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    await ledger.record(where.tenantId, statementsOf(where, outcomes, 'known'));
  }
}

/** True when some id from an operator may already be kept. */
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

/** A message that is put back waits for the end of its batch, and then reopens it if needed. */
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

/** Deletes submissions whose messages all went back; they are found by key, not by a walk through the batch. */
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
      textArray(judged.map(({ said }) => said?.code ?? '')),
      textArray(judged.map(({ said }) => said?.words ?? '')),
    ],
  };
};

/** Returns one outcome for each call: where one message is unknown, the call cannot count as refused. */
function verdicts(others: readonly OtherOutcome[]): readonly OtherOutcome[] {
  const answered = others.filter(({ kind, askedOf }) => kind !== 'unwritten' && askedOf !== true);
  const byCall = Map.groupBy(answered, ({ submissionId }) => submissionId);
  return [...byCall.values()].flatMap(
    (call) => call.find(({ kind }) => kind === 'uncertain') ?? call[0] ?? [],
  );
}

/** Notes only the messages that the answer changed: a receipt may have come first. */
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
