import { sql } from 'kysely';
import { col, computedRows, type RowOf, type Transaction } from '../../platform/index.ts';
import type { RegisterPeriod } from './register.repository.ts';
import { clockColumn } from '../../people/index.ts';

const hourOfSendsRows = computedRows({
  /** `YYYY-MM-DD`. */
  on: col.text(),
  /** 0 to 23. */
  hour: col.number(),
  messages: col.number(),
  delivered: col.number(),
  undelivered: col.number(),
});

/** Messages that an operator accepted within one local hour of their recipients. */
export type HourOfSends = RowOf<typeof hourOfSendsRows>;

const clock = sql.raw(clockColumn('b.time_zone'));

/** Counts messages of a purpose in a period, by the local hour of their recipients; empty hours are left out. */
export const sendsByHour = (
  tx: Transaction,
  { from, to, purpose }: RegisterPeriod & { readonly purpose: string },
): Promise<HourOfSends[]> =>
  tx.rows(hourOfSendsRows.sql`
    SELECT to_char(m.accepted_at AT TIME ZONE ${clock}, 'YYYY-MM-DD') AS "on",
           extract(hour FROM m.accepted_at AT TIME ZONE ${clock})::int AS hour, count(*)::int AS messages,
           count(*) FILTER (WHERE m.state = 'delivered')::int AS delivered,
           count(*) FILTER (WHERE m.state = 'undelivered')::int AS undelivered
      FROM batch b JOIN message m ON m.batch_id = b.id
     WHERE b.tenant_id = ${tx.tenantId}::uuid AND b.purpose = ${purpose} AND b.created_at < ${to}::timestamptz
       AND m.accepted_at >= ${from}::timestamptz AND m.accepted_at < ${to}::timestamptz
     GROUP BY 1, 2 ORDER BY 1, 2`);

/** STOPs that took effect within so long, beyond the step before. */
export interface DelayStep {
  /** Null: longer than all the others. */
  readonly withinMs: number | null;
  readonly stops: number;
}

const stepAndStopsRows = computedRows({ step: col.number(), stops: col.number() });

/** Counts STOPs by SMS by their delay, from the operator's call to the commit that suppresses. */
export async function stopDelaySteps(
  tx: Transaction,
  { from, to }: RegisterPeriod,
  stepsMs: readonly number[],
): Promise<DelayStep[]> {
  const rows = await tx.rows(stepAndStopsRows.sql`
    SELECT width_bucket((extract(epoch FROM i.effective_at - i.received_at) * 1000)::float8, ${stepsMs}::float8[]) AS step,
           count(*)::int AS stops
      FROM reply r JOIN inbound i ON i.id = r.inbound_id
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.reading = 'stop' AND i.effective_at IS NOT NULL
       AND r.received_at >= ${from}::timestamptz AND r.received_at < ${to}::timestamptz
     GROUP BY 1`);
  const counted = new Map(rows.map(({ step, stops }) => [step, stops]));
  return [...stepsMs, null].map((withinMs, step) => ({ withinMs, stops: counted.get(step) ?? 0 }));
}
