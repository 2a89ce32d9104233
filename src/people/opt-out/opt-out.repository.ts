import { sql, type RawBuilder } from 'kysely';
import {
  BEFORE_ALL,
  col,
  computedRows,
  pageOf,
  tenantIdRows,
  rowsOf,
  countRows,
  lawOn,
  type Page,
  type Transaction,
  type RowOf,
  type Clock,
  type Database,
  type Log,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import { exactInstant, type Scope, type ConsentPurpose } from '../../person/index.ts';
import { writeRecord } from '../consent/consent.repository.ts';
import type { ContactDeps } from '../contact/contact.repository.ts';
import { recordOptOuts, type OptOut, type RecordedOptOut } from './record-opt-outs.ts';
import { everyTenant } from '../../company/index.ts';
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

const listedSuppressionRows = rowsOf('suppression', ['id', 'since', 'source', 'recordedAt', 'liftedAt']).with(
  { purpose: col.of('suppression', 'scope').as<Scope>(), contactId: col.of('contact', 'id').orNull() },
);

/** A suppression for lists, without its number. */
type ListedSuppression = RowOf<typeof listedSuppressionRows>;

/** Reads the suppressions of a number since an instant that lack their event. */
export async function readUnexplained(
  tx: Transaction,
  { phoneIndex, since }: { readonly phoneIndex: Buffer; readonly since: string },
): Promise<readonly Scope[]> {
  const rows = await tx.rows(scopeRows.sql`
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

/** A number to suppress. */
interface SuppressionGiven extends Pick<OptOut, 'phone' | 'scope' | 'actor'> {
  /** ISO instant; now when absent. */
  readonly since?: string | undefined;
  readonly source: string;
}

/** A suppression in force, and whether it was new. */
export interface Suppressed {
  readonly id: string;
  readonly created: boolean;
  readonly contactId?: string;
}

/** Suppresses numbers; returns one result for each, in order. */
export async function suppress(
  tx: Transaction,
  deps: ContactDeps,
  given: readonly SuppressionGiven[],
): Promise<Suppressed[]> {
  const now = deps.clock.now().toISO();
  const act = { kind: 'objected', channel: 'operator', once: true } as const;
  const left = await recordOptOuts(
    tx,
    deps,
    given.map(({ since = now, ...one }) =>
      Object.assign({ occurredAt: since, evidence: { source: one.source } }, act, one),
    ),
  );
  return left.flatMap(({ suppressionId: id, eventId, contactId }) => {
    if (id === undefined) return [];
    const suppressed = { id, created: eventId !== undefined };
    return contactId === undefined ? suppressed : Object.assign(suppressed, { contactId });
  });
}

/**
 * Suppresses a number at once, waiting for no lock on its holder. For a STOP that must be effective before anything
 * else is done: `withdraw` completes it later.
 */
export async function suppressAlone(
  tx: Transaction,
  deps: ContactDeps,
  given: Omit<SuppressionGiven, 'actor' | 'scope'> & { readonly scope: Scope | readonly Scope[] },
): Promise<void> {
  const at = deps.clock.now();
  const { phone, source, since = exactInstant(at) } = given;
  const phoneIndex = deps.keys.phoneIndex(phone).toString('hex');
  const suppressions = [given.scope].flat().map((scope) => {
    const id = uuidV7(deps.clock.machine());
    return { id, phoneIndex, scope, since, source, eventId: null };
  });
  await writeRecord(tx, { suppressions, at: at.toISO() });
}

/**
 * Does `suppressAlone` in many tenants, each by its own blind index, by one statement; the transaction may be of no
 * tenant. A tenant without the index has nobody to suppress.
 */
export async function suppressInMany(
  tx: Transaction,
  clock: Clock,
  given: {
    /** ISO instant. */
    readonly since: string;
    readonly source: string;
    readonly owners: readonly {
      readonly tenantId: string;
      readonly phoneIndex?: Buffer | undefined;
      readonly scope: Scope | readonly Scope[];
    }[];
  },
): Promise<void> {
  const suppressions = given.owners.flatMap(({ tenantId, phoneIndex, scope: scopes }) =>
    phoneIndex === undefined
      ? []
      : [scopes].flat().map((scope) => ({ id: uuidV7(clock.machine()), tenantId, phoneIndex, scope })),
  );
  await tx.run(sql`
    SELECT suppress_in(${suppressions.map(({ id }) => id)}::uuid[], ${suppressions.map(({ tenantId }) => tenantId)}::uuid[],
                       ${suppressions.map(({ phoneIndex }) => phoneIndex)}::bytea[], ${suppressions.map(({ scope }) => scope)}::text[],
                       ${given.since}::timestamptz, ${given.source}, ${clock.now().toISO()}::timestamptz)`);
}

/** Lists a page of suppressions in force or lifted, in order of creation; with a contact, those of their number. */
export async function listSuppressions(
  tx: Transaction,
  { contactId, after = BEFORE_ALL, limit }: Page & { readonly contactId?: string | undefined },
): Promise<{ readonly items: readonly ListedSuppression[]; readonly next: string | null }> {
  const of =
    contactId === undefined
      ? sql`true`
      : sql`s.phone_index = (SELECT o.phone_index FROM contact o WHERE o.id = ${contactId}::uuid)`;
  const found = await tx.rows(listedSuppressionRows.sql`
    SELECT s.id, s.scope AS purpose, iso(s.since) AS since, s.source, iso(s.recorded_at) AS "recordedAt",
           iso(s.lifted_at) AS "liftedAt", c.id AS "contactId"
      FROM suppression s
      LEFT JOIN contact c ON c.tenant_id = s.tenant_id AND c.phone_index = s.phone_index AND c.retired_at IS NULL
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.id > ${after}::uuid AND ${of}
     ORDER BY s.id LIMIT ${limit + 1}`);
  return pageOf(found, limit);
}

/** Records an opt-out by any channel: from the caller's commit on nothing more may begin for the person. */
export async function withdraw(
  tx: Transaction,
  deps: ContactDeps,
  given: Pick<OptOut, 'phone' | 'channel' | 'occurredAt' | 'actor' | 'evidence' | 'simulated' | 'once'> & {
    readonly scope: readonly ConsentPurpose[] | 'all';
  },
): Promise<{
  readonly contactId?: string;
  readonly eventIds: readonly string[];
  /** Open series that it ends; their workflows were notified. */
  readonly endedSeries: RecordedOptOut['endedSeries'];
}> {
  const scopes: readonly Scope[] = given.scope === 'all' ? ['all'] : given.scope;
  const left = await recordOptOuts(
    tx,
    deps,
    scopes.map((scope) => Object.assign({}, given, { scope, kind: 'withdrawn' as const })),
  );
  const contactId = left[0]?.contactId;
  return {
    ...(contactId === undefined ? {} : { contactId }),
    eventIds: left.flatMap(({ eventId }) => eventId ?? []),
    endedSeries: left.flatMap(({ endedSeries }) => endedSeries),
  };
}
