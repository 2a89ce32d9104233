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

/** Finds the tenant of a person whose opt-out link was opened, before any tenant is known. */
export const tenantOfToken = async (tx: Transaction, contactId: string): Promise<string | undefined> =>
  (await tx.first(tenantIdRows.sql`SELECT tenant_id AS "tenantId" FROM tenant_of_token(${contactId}::uuid)`))
    ?.tenantId;

const scopeRows = computedRows({ scope: col.of('suppression', 'scope').as<Scope>() });

/** Reads the scopes for which a number is suppressed now. */
export const scopesLeftAlone = async (tx: Transaction, phoneIndex: Buffer): Promise<readonly Scope[]> =>
  (
    await tx.rows(scopeRows.sql`
      SELECT scope FROM suppression
       WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND lifted_at IS NULL`)
  ).map(({ scope }) => scope);

const listedSuppressionRows = rowsOf('suppression', ['id', 'since', 'source', 'recordedAt', 'liftedAt']).with(
  { purpose: col.of('suppression', 'scope').as<Scope>(), contactId: col.of('contact', 'id').orNull() },
);

/** Reads the scopes of a number's suppressions that began at an ISO instant and have no event yet. */
export async function readUnexplained(
  tx: Transaction,
  { phoneIndex, since }: { readonly phoneIndex: Buffer; readonly since: string },
): Promise<readonly Scope[]> {
  const rows = await tx.rows(scopeRows.sql`
    SELECT scope FROM suppression
     WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND since = ${since}::timestamptz AND event_id IS NULL`);
  return rows.map(({ scope }) => scope);
}

/** Hours allowed for recording an opt-out, by the law on the day of the opt-out. */
const hours = sql.raw(lawOn('e.occurred_at', CEILING_HOURS, String));

const ceiling = sql`(e.occurred_at + make_interval(hours => ${hours}))`;

/** Says whether the opt-out `e` was recorded later than the law allows for manual channels (OPT-02). */
export const isLate: RawBuilder<boolean> = sql`(e.recorded_at > ${ceiling})`;

/**
 * Says whether the person of the opt-out `e` could still be written to when that delay ended. People who came into
 * this ledger later could not: another system's list of STOPs has old dates, and harms nobody.
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

/** Counts the opt-outs that were recorded too late since an instant, of people who could be written to meanwhile. */
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

/** Suppresses numbers; returns for each, in order, its suppression and whether this call made it. */
export async function suppress(
  tx: Transaction,
  deps: ContactDeps,
  given: readonly SuppressionGiven[],
): Promise<{ readonly id: string; readonly created: boolean; readonly contactId?: string }[]> {
  const now = deps.clock.now().toISO();
  const act = { kind: 'objected', channel: 'operator', once: true } as const;
  const recorded = await recordOptOuts(
    tx,
    deps,
    given.map(({ since = now, ...one }) =>
      Object.assign({ occurredAt: since, evidence: { source: one.source } }, act, one),
    ),
  );
  return recorded.flatMap(({ suppressionId: id, eventId, contactId }) => {
    if (id === undefined) return [];
    const suppressed = { id, created: eventId !== undefined };
    return contactId === undefined ? suppressed : Object.assign(suppressed, { contactId });
  });
}

/**
 * Suppresses a number without waiting for a lock on its holder: a STOP must be effective before anything else is
 * done. `withdraw` adds the event later.
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
 * Does what `suppressAlone` does in many tenants by one statement, with each tenant's own blind index; the
 * transaction may be of no tenant. A tenant without an index is skipped, since it does not know the number.
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

/**
 * Reads a page of suppressions, in force or lifted, in order of creation: all, or those of a contact's number; `next`
 * is the cursor of the following page.
 */
export async function listSuppressions(
  tx: Transaction,
  { contactId, after = BEFORE_ALL, limit }: Page & { readonly contactId?: string | undefined },
): Promise<{ readonly items: readonly RowOf<typeof listedSuppressionRows>[]; readonly next: string | null }> {
  const ofContact =
    contactId === undefined
      ? sql`true`
      : sql`s.phone_index = (SELECT o.phone_index FROM contact o WHERE o.id = ${contactId}::uuid)`;
  const found = await tx.rows(listedSuppressionRows.sql`
    SELECT s.id, s.scope AS purpose, iso(s.since) AS since, s.source, iso(s.recorded_at) AS "recordedAt",
           iso(s.lifted_at) AS "liftedAt", c.id AS "contactId"
      FROM suppression s
      LEFT JOIN contact c ON c.tenant_id = s.tenant_id AND c.phone_index = s.phone_index AND c.retired_at IS NULL
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.id > ${after}::uuid AND ${ofContact}
     ORDER BY s.id LIMIT ${limit + 1}`);
  return pageOf(found, limit);
}

/** Records an opt-out by any channel: once the caller commits, no message to the person may be marked for sending. */
export async function withdraw(
  tx: Transaction,
  deps: ContactDeps,
  optOut: Pick<OptOut, 'phone' | 'channel' | 'occurredAt' | 'actor' | 'evidence' | 'simulated' | 'once'> & {
    readonly scope: readonly ConsentPurpose[] | 'all';
  },
): Promise<{
  readonly contactId?: string;
  readonly eventIds: readonly string[];
  /** The series of reminders that it ends; their workflows are notified. */
  readonly endedSeries: RecordedOptOut['endedSeries'];
}> {
  const scopes: readonly Scope[] = optOut.scope === 'all' ? ['all'] : optOut.scope;
  const recorded = await recordOptOuts(
    tx,
    deps,
    scopes.map((scope) => Object.assign({}, optOut, { scope, kind: 'withdrawn' as const })),
  );
  const contactId = recorded[0]?.contactId;
  return {
    ...(contactId === undefined ? {} : { contactId }),
    eventIds: recorded.flatMap(({ eventId }) => eventId ?? []),
    endedSeries: recorded.flatMap(({ endedSeries }) => endedSeries),
  };
}
