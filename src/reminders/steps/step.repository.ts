import { sql, type RawBuilder } from 'kysely';
import { col, computedRows, rowsOf, type Transaction } from '../../platform/index.ts';
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

const readStepsOfRows = stepRows.with({ seriesId: col.text() });

/** Reads the same for many series, by their ids. */
export async function readStepsOf(
  tx: Transaction,
  series: readonly { readonly id: string; readonly batchId: string }[],
): Promise<ReadonlyMap<string, readonly Step[]>> {
  const rows = await tx.rows(readStepsOfRows.sql`
    SELECT a.id AS "seriesId", ${STEP}
      FROM unnest(${series.map(({ id }) => id)}::uuid[], ${series.map(({ batchId }) => batchId)}::uuid[]) AS a(id, batch_id)
      JOIN reminder_step p ON p.series_id = a.id
      LEFT JOIN message m ON m.batch_id = a.batch_id AND m.seq = p.revision * 1000 + p.position
      LEFT JOIN submission u ON u.id = m.submission_id
     ORDER BY p.revision, p.position`);
  return Map.groupBy(rows, ({ seriesId }) => seriesId);
}

/** Writes steps in their present state; new ones are added. */
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
