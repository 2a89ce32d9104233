import { sql, type RawBuilder } from 'kysely';
import {
  col,
  computedRows,
  tenantIdRows,
  rowsOf,
  countRows,
  lawOn,
  type Transaction,
  type RowOf,
  type Clock,
  type Database,
  type Log,
} from '../../platform/index.ts';
import type { Scope } from '../consent/consent-event.ts';
import { raise, everyTenant } from '../../company/index.ts';
import { idAt } from '../consent/consent.repository.ts';
import { CEILING_HOURS } from '../../law/index.ts';

/** Finds the tenant of a link's person, before a tenant is known. */
export const tenantOfToken = async (tx: Transaction, contactId: string): Promise<string | undefined> =>
  (await tx.first(tenantIdRows.sql`SELECT tenant_id AS "tenantId" FROM tenant_of_token(${contactId}::uuid)`))
    ?.tenantId;

const scopeRows = computedRows({ scope: col.of('suppression', 'scope').as<Scope>() });

/** Returns the scopes suppressed for a number now. */
export const scopesLeftAlone = async (tx: Transaction, phoneIndex: Buffer): Promise<readonly Scope[]> =>
  (
    await tx.rows(scopeRows.sql`
      SELECT scope FROM suppression
       WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND lifted_at IS NULL`)
  ).map(({ scope }) => scope);

/** Suppressions of one number in many tenants. */
interface SuppressionsIn {
  readonly suppressions: readonly {
    readonly id: string;
    readonly tenantId: string;
    readonly phoneIndex: Buffer;
    readonly scope: Scope;
  }[];
  /** ISO instants. */
  readonly since: string;
  readonly at: string;
  readonly source: string;
}

/** Writes suppressions, each within its tenant, by one statement; one in force already stays as it is. */
export async function writeSuppressionsIn(
  tx: Transaction,
  { suppressions, since, at, source }: SuppressionsIn,
): Promise<void> {
  await tx.run(sql`
    SELECT suppress_in(${suppressions.map(({ id }) => id)}::uuid[], ${suppressions.map(({ tenantId }) => tenantId)}::uuid[],
                       ${suppressions.map(({ phoneIndex }) => phoneIndex)}::bytea[], ${suppressions.map(({ scope }) => scope)}::text[],
                       ${since}::timestamptz, ${source}, ${at}::timestamptz)`);
}

/** The webhook event of an opt-out; ids and codes only. */
export interface OptOutNews {
  readonly actor: string;
  /** Null for a number without a holder. */
  readonly contactId: string | null;
  readonly channel: string;
  readonly scopes: readonly string[];
  /** Ids of the series that it ended: the back office may phone. */
  readonly endedSeries: readonly string[];
}

/** Records opt-outs as events in the caller's transaction; notifications read them here. */
export async function announceOptOuts(
  tx: Transaction,
  news: readonly OptOutNews[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  if (news.length === 0) return;
  const rows = news.map(({ actor, contactId, ...details }) => ({
    id: idAt(when.machineMs),
    actor,
    subject: contactId,
    details,
  }));
  const noted = sql`
    INSERT INTO audit_entry (id, tenant_id, at, actor, action, subject, details)
    SELECT id, ${tx.tenantId}::uuid, ${when.at}::timestamptz, actor, 'consent.withdrawn', subject, details
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, actor text, subject text, details jsonb)`;
  const events = rows.map(({ actor: by, subject, details }) => ({
    type: 'consent.withdrawn' as const,
    subject,
    about: { ...details, by },
  }));
  await Promise.all([tx.run(noted), raise(tx, events, when.at)]);
}

const listedSuppressionRows = rowsOf('suppression', ['id', 'since', 'source', 'recordedAt', 'liftedAt']).with(
  { purpose: col.of('suppression', 'scope').as<Scope>(), contactId: col.of('contact', 'id').orNull() },
);

/** A suppression for lists, without its number. */
export type ListedSuppression = RowOf<typeof listedSuppressionRows>;

/** The page; with a contact, the suppressions of their number, also once it is retired. */
export interface SuppressionsAsked {
  readonly contactId?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

export async function readSuppressionPage(
  tx: Transaction,
  page: SuppressionsAsked,
): Promise<ListedSuppression[]> {
  const from = page.after === undefined ? sql`true` : sql`s.id > ${page.after}::uuid`;
  const of =
    page.contactId === undefined
      ? sql`true`
      : sql`s.phone_index = (SELECT o.phone_index FROM contact o WHERE o.id = ${page.contactId}::uuid)`;
  return tx.rows(listedSuppressionRows.sql`
    SELECT s.id, s.scope AS purpose, iso(s.since) AS since, s.source, iso(s.recorded_at) AS "recordedAt",
           iso(s.lifted_at) AS "liftedAt", c.id AS "contactId"
      FROM suppression s
      LEFT JOIN contact c ON c.tenant_id = s.tenant_id AND c.phone_index = s.phone_index AND c.retired_at IS NULL
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND ${from} AND ${of}
     ORDER BY s.id LIMIT ${page.limit}`);
}

const scopesListed = computedRows({ scope: col.of('suppression', 'scope').as<Scope>() });

/** Reads the suppressions of a number since an instant that lack their event. */
export async function readUnexplained(
  tx: Transaction,
  { phoneIndex, since }: { readonly phoneIndex: Buffer; readonly since: string },
): Promise<readonly Scope[]> {
  const rows = await tx.rows(scopesListed.sql`
    SELECT scope FROM suppression
     WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND since = ${since}::timestamptz AND event_id IS NULL`);
  return rows.map(({ scope }) => scope);
}

/** By the law of the day of the opt-out. */
const hours = sql.raw(lawOn('e.occurred_at', CEILING_HOURS, String));

const ceiling = sql`(e.occurred_at + make_interval(hours => ${hours}))`;

/** Says whether the opt-out `e` was recorded past the ceiling of manual ways (OPT-02). */
export const isLate: RawBuilder<boolean> = sql`(e.recorded_at > ${ceiling})`;

/**
 * Says whether its person could still be written to when the ceiling passed. People who came into this ledger later
 * could not: another system's list of STOPs has old dates, and harms nobody.
 */
export const wasSendable: RawBuilder<boolean> = sql`EXISTS (
  SELECT 1 FROM consent_event g
   WHERE g.tenant_id = e.tenant_id AND g.contact_id = e.contact_id AND g.kind IN ('granted', 'confirmed', 'reinstated')
     AND g.barred IS NULL AND (e.purpose = 'all' OR g.purpose = e.purpose)
     AND g.occurred_at <= e.occurred_at AND g.recorded_at <= ${ceiling}
     AND NOT EXISTS (
           SELECT 1 FROM consent_event w
            WHERE w.tenant_id = g.tenant_id AND w.contact_id = g.contact_id
              AND w.kind IN ('withdrawn', 'objected', 'expired') AND w.purpose IN (g.purpose, 'all')
              AND w.occurred_at >= g.occurred_at AND w.recorded_at <= ${ceiling}))`;

/** Counts opt-outs recorded too late since an instant of the law clock, of people who could be written to meanwhile. */
export async function lateOptOutsSince(tx: Transaction, since: string): Promise<number> {
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM consent_event e
     WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.kind IN ('withdrawn', 'objected')
       AND e.recorded_at > ${since}::timestamptz AND ${isLate} AND ${wasSendable}`);
  return row?.count ?? 0;
}

/** Counts the opt-outs of the last day that were recorded too late, in all tenants; those of each tenant are logged. */
export async function watchLateOptOuts(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<number> {
  const { database, clock, log } = deps;
  const since = clock.now().minus({ days: 1 }).toISO();
  let all = 0;
  for await (const tenantId of everyTenant((work) => database.outside(work))) {
    const count = await database.withTenant(tenantId, (tx) => lateOptOutsSince(tx, since));
    if (count > 0)
      log.warn({ tenant: tenantId, count }, 'opt-outs were recorded too late: record each at once');
    all += count;
  }
  return all;
}
