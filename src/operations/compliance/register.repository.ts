import { sql } from 'kysely';
import { unreached, type ReachTerms } from '../../people/index.ts';
import { clockColumn } from '../../person/index.ts';
import { col, computedRows, rowsOf, type RowOf, type Transaction } from '../../platform/index.ts';

/** A period by the machine clock, as submissions are marked. */
export interface RegisterPeriod {
  /** ISO instants; from inclusive, to exclusive. */
  readonly from: string;
  readonly to: string;
}

const operatorUsedRows = rowsOf('gateway_account', ['name', 'kind', 'fake'])
  .and('batch', ['purpose'])
  .with({ messages: col.number(), firstAt: col.text(), lastAt: col.text() });

export type OperatorUsed = RowOf<typeof operatorUsedRows>;

/** Reads the operators really used, by purpose. */
export const operatorsUsed = (tx: Transaction, { from, to }: RegisterPeriod): Promise<OperatorUsed[]> =>
  tx.rows(operatorUsedRows.sql`
    SELECT g.name, g.kind, g.fake, b.purpose, sum(s.messages)::int AS messages,
           iso(min(s.marked_at)) AS "firstAt", iso(max(s.marked_at)) AS "lastAt"
      FROM submission s JOIN batch b ON b.id = s.batch_id JOIN gateway_account g ON g.id = s.account_id
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.marked_at >= ${from}::timestamptz AND s.marked_at < ${to}::timestamptz
     GROUP BY 1, 2, 3, 4 ORDER BY 4, 1`);

const groundRows = rowsOf('consent', ['purpose', 'basis']).with({ people: col.number() });

/** Count of people who may be written to for a purpose, by legal basis. */
export type RegisterBasis = RowOf<typeof groundRows>;

/** Lists the legal bases in use, each with the people whom campaigns would write to now: a basis without people is listed as well. */
export const basesNow = (tx: Transaction, reach: ReachTerms): Promise<RegisterBasis[]> =>
  tx.rows(groundRows.sql`
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

/** The counts of a tenant's actual processing. */
export type Figures = RowOf<typeof figuresRows>;

const NONE: Figures = {
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

/** Counts the processing; `on` is the local date that decides who is a minor. */
export async function figuresNow(tx: Transaction, on: string): Promise<Figures> {
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
  return row ?? NONE;
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

/** Counts STOPs by SMS by their delay, from the operator's call to the commit that suppresses. */
export async function stopDelaySteps(
  tx: Transaction,
  { from, to }: RegisterPeriod,
  stepsMs: readonly number[],
): Promise<
  {
    /** Null: longer than all the others. */
    readonly withinMs: number | null;
    readonly stops: number;
  }[]
> {
  const rows = await tx.rows(delayStepRows.sql`
    SELECT width_bucket((extract(epoch FROM i.effective_at - i.received_at) * 1000)::float8, ${stepsMs}::float8[]) AS step,
           count(*)::int AS stops
      FROM reply r JOIN inbound i ON i.id = r.inbound_id
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.reading = 'stop' AND i.effective_at IS NOT NULL
       AND r.received_at >= ${from}::timestamptz AND r.received_at < ${to}::timestamptz
     GROUP BY 1`);
  const counted = new Map(rows.map(({ step, stops }) => [step, stops]));
  return [...stepsMs, null].map((withinMs, step) => ({ withinMs, stops: counted.get(step) ?? 0 }));
}
