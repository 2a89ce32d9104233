import { sql } from 'kysely';
import { unreached, type ReachTerms } from '../../people/index.ts';
import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

/** A period by the machine clock, as submissions are marked. */
export interface RegisterPeriod {
  /** ISO instants; from inclusive, to exclusive. */
  readonly from: string;
  readonly to: string;
}

const operatorUsedRows = rowsOf('gateway_account', ['name', 'kind', 'fake'])
  .and('batch', ['purpose'])
  .with({ messages: col.number(), firstAt: col.text(), lastAt: col.text() });

/** An operator that got messages in a period. */
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
