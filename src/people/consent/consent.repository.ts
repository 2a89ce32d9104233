import { sql } from 'kysely';
import {
  addToWorkflowOutbox,
  col,
  computedRows,
  type RowOf,
  rowsOf,
  type Transaction,
  countRows,
  type Clock,
  type Database,
  type Log,
} from '../../platform/index.ts';
import { recordAudit, recordAudits, raise, everyTenant } from '../../company/index.ts';
import type {
  CustomersTurn,
  ConsentEvent,
  ConsentPurpose,
  ConsentStatus,
  SuppressionFact,
  ChosenBases,
} from '../../person/index.ts';

/** A stored event, with the salt of its proof while the proof is kept. */
export interface KeptEvent extends ConsentEvent {
  /** Hexadecimal. */
  readonly salt: string | null;
  readonly digest: string;
}

export interface KeptSuppression extends SuppressionFact {
  /** Hexadecimal. */
  readonly phoneIndex: string;
  readonly eventId: string | null;
  readonly source: string;
  /** ISO instant of writing; absent for a new one. */
  readonly recordedAt?: string;
  /** Digests of an erased person's proofs, which end nothing any more. */
  readonly spentProofs?: readonly string[];
}

export interface StoredConsentStatus extends ConsentStatus {
  readonly contactId: string;
  readonly purpose: ConsentPurpose;
  /** ISO instant of its end, where one was set. */
  readonly until: string | null;
}

const recordedRows = computedRows({
  events: col.json<readonly KeptEvent[]>(),
  suppressions: col.json<readonly KeptSuppression[]>(),
  statuses: col.json<readonly StoredConsentStatus[]>(),
});

/** The events, suppressions and current consents of some people and numbers. */
export type RecordedActs = RowOf<typeof recordedRows>;

const exact = (column: string) =>
  sql.raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);

/** The shape of a row that `eventColumns` selects. */
export const eventRows = rowsOf('consent_event', [
  'id',
  'contactId',
  'method',
  'channel',
  'wordingId',
  'actor',
  'simulated',
]).with({
  purpose: col.of('consent_event', 'purpose').as<ConsentEvent['purpose']>(),
  kind: col.of('consent_event', 'kind').as<ConsentEvent['kind']>(),
  basis: col.of('consent_event', 'basis').as<ConsentEvent['basis']>(),
  proof: col.of('consent_event', 'proof').as<ConsentEvent['proof']>(),
  occurredAt: col.text(),
  recordedAt: col.text(),
  barred: col.of('consent_event', 'barred').as<NonNullable<ConsentEvent['barred']>>(),
  proofDigest: col.text().orNull(),
  digest: col.text(),
});

/** The columns of an event `e`, in the form over which its digest is computed. */
export const eventColumns = sql`e.id, e.contact_id AS "contactId", e.purpose, e.kind, e.basis, e.method, e.channel,
  e.wording_id AS "wordingId", e.proof, ${exact('e.occurred_at')} AS "occurredAt",
  ${exact('e.recorded_at')} AS "recordedAt", e.actor, e.barred, encode(e.proof_digest, 'hex') AS "proofDigest",
  e.simulated, encode(e.digest, 'hex') AS digest`;

/** Reads the records of contacts and numbers, in one statement. */
export async function readRecord(
  tx: Transaction,
  who: { readonly contactIds: readonly string[]; readonly indexes: readonly Buffer[] },
): Promise<RecordedActs> {
  const row = await tx.first(recordedRows.sql`
    SELECT
      (SELECT coalesce(json_agg(f), '[]') FROM (
        SELECT ${eventColumns}, encode(p.salt, 'hex') AS salt
          FROM consent_event e LEFT JOIN consent_proof p ON p.event_id = e.id
         WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.contact_id = ANY(${who.contactIds}::uuid[])) f) AS events,
      (SELECT coalesce(json_agg(f), '[]') FROM (
        SELECT s.id, s.scope, ${exact('s.since')} AS since, ${exact('s.lifted_at')} AS "liftedAt",
               ${exact('s.recorded_at')} AS "recordedAt", s.source,
               s.event_id AS "eventId", encode(s.phone_index, 'hex') AS "phoneIndex",
               s.spent_proofs AS "spentProofs"
          FROM suppression s
         WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.phone_index = ANY(${who.indexes}::bytea[])) f) AS suppressions,
      (SELECT coalesce(json_agg(f), '[]') FROM (
        SELECT c.contact_id AS "contactId", c.purpose, c.sendable, c.why, c.basis, ${exact('c.since')} AS since,
               c.wording_id AS "wordingId", c.event_id AS "eventId",
               ${exact('c.until')} AS until
          FROM consent c WHERE c.contact_id = ANY(${who.contactIds}::uuid[])) f) AS statuses`);
  return row ?? { events: [], suppressions: [], statuses: [] };
}

const sealedProofRows = rowsOf('consent_proof', ['sealed']).with({ id: col.of('consent_proof', 'eventId') });

/** Reads the sealed proofs of events, by event id. */
export async function readProofs(
  tx: Transaction,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  if (eventIds.length === 0) return new Map();
  const rows = await tx.rows(sealedProofRows.sql`
    SELECT event_id AS id, sealed FROM consent_proof WHERE event_id = ANY(${eventIds}::uuid[])`);
  return new Map(rows.map(({ id, sealed }) => [id, sealed]));
}

const basesRows = computedRows({ bases: col.json<ChosenBases>().orNull() });

/** Reads the bases that a tenant chose for its purposes. */
export async function readChosenBases(tx: Transaction): Promise<ChosenBases> {
  const row = await tx.first(basesRows.sql`
    SELECT settings->'bases' AS bases FROM tenant WHERE id = ${tx.tenantId}::uuid`);
  return row?.bases ?? {};
}

const customersTurnRows = rowsOf('audit_entry', ['at']).with({ isOpen: col.flag() });

/** Reads when the tenant opened and closed advertising to its customers, in order. */
export async function readCustomersTurns(tx: Transaction): Promise<CustomersTurn[]> {
  return tx.rows(customersTurnRows.sql`
    SELECT iso(at) AS at, action = 'customers.opened' AS "isOpen" FROM audit_entry
     WHERE tenant_id = ${tx.tenantId}::uuid AND action IN ('customers.opened', 'customers.closed') ORDER BY audit_entry.at, id`);
}

const refusesRows = computedRows({ refuses: col.flag() });

/** Says whether the tenant refuses agreements to wordings that have findings. */
export async function refusesWeakWordings(tx: Transaction): Promise<boolean> {
  const row = await tx.first(refusesRows.sql`
    SELECT coalesce(settings->>'weakWordings' = 'refused', false) AS refuses FROM tenant WHERE id = ${tx.tenantId}::uuid`);
  return row?.refuses ?? false;
}

/** An event to append, with its sealed proof. */
export interface NewEvent {
  readonly event: ConsentEvent;
  /** Hexadecimal. */
  readonly digest: string;
  readonly proof: { readonly salt: Buffer; readonly sealed: Buffer } | undefined;
}

/** A suppression to add, unless one of that scope is in force. */
export type NewSuppression = Omit<KeptSuppression, 'liftedAt' | 'recordedAt' | 'spentProofs'>;

export type ChangedStatus = Omit<StoredConsentStatus, 'until'>;

/** A suppression, and the event behind its change. */
interface EventOfSuppression {
  readonly id: string;
  readonly eventId: string;
}

interface ConsentWriting {
  readonly events?: readonly NewEvent[];
  readonly lifted?: readonly EventOfSuppression[];
  readonly suppressions?: readonly NewSuppression[];
  /** Suppressions without an event yet, and the event that gives their reason. */
  readonly explained?: readonly EventOfSuppression[];
  readonly statuses?: readonly ChangedStatus[];
  readonly at: string;
}

/** Writes events, proofs, suppressions and the current state, in one statement. */
export async function writeRecord(tx: Transaction, writing: ConsentWriting): Promise<void> {
  const { lifted = [], explained = [], statuses = [] } = writing;
  const events = (writing.events ?? []).map(rowOf);
  const suppressions = (writing.suppressions ?? []).map((one) =>
    Object.assign({}, one, { phoneIndex: bytes(one.phoneIndex) }),
  );
  await tx.run(sql`
    WITH given AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb) AS r(
        id uuid, "contactId" uuid, purpose text, kind text, basis text, method text, channel text, "wordingId" uuid,
        proof text, "occurredAt" timestamptz, "recordedAt" timestamptz, actor text, barred text, "proofDigest" bytea,
        simulated boolean, digest bytea, salt bytea, sealed bytea)),
    appended AS (
      INSERT INTO consent_event (id, tenant_id, contact_id, purpose, kind, basis, method, channel, wording_id, proof,
                                 occurred_at, recorded_at, actor, barred, proof_digest, simulated, digest)
      SELECT id, ${tx.tenantId}::uuid, "contactId", purpose, kind, basis, method, channel, "wordingId", proof,
             "occurredAt", "recordedAt", actor, barred, "proofDigest", simulated, digest FROM given),
    proven AS (
      INSERT INTO consent_proof (event_id, tenant_id, contact_id, salt, sealed)
      SELECT id, ${tx.tenantId}::uuid, "contactId", salt, sealed FROM given WHERE salt IS NOT NULL),
    lifted AS (
      UPDATE suppression s SET lifted_at = ${writing.at}::timestamptz, lifted_by = r."eventId"
        FROM jsonb_to_recordset(${JSON.stringify(lifted)}::jsonb) AS r(id uuid, "eventId" uuid)
       WHERE s.id = r.id AND s.lifted_at IS NULL),
    explained AS (
      UPDATE suppression s SET event_id = r."eventId"
        FROM jsonb_to_recordset(${JSON.stringify(explained)}::jsonb) AS r(id uuid, "eventId" uuid)
       WHERE s.id = r.id AND s.event_id IS NULL),
    current AS (
      INSERT INTO consent (contact_id, purpose, tenant_id, sendable, why, basis, since, wording_id, event_id)
      SELECT "contactId", purpose, ${tx.tenantId}::uuid, sendable, why, basis, since, "wordingId", "eventId"
        FROM jsonb_to_recordset(${JSON.stringify(statuses)}::jsonb) AS r(
          "contactId" uuid, purpose text, sendable boolean, why text, basis text, since timestamptz, "wordingId" uuid,
          "eventId" uuid)
      ON CONFLICT (contact_id, purpose) DO UPDATE
         SET sendable = excluded.sendable, why = excluded.why, basis = excluded.basis, since = excluded.since,
             wording_id = excluded.wording_id, event_id = excluded.event_id, generation = consent.generation + 1)
    INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, event_id, recorded_at)
    SELECT id, ${tx.tenantId}::uuid, "phoneIndex", scope, since, source, "eventId", ${writing.at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(suppressions)}::jsonb) AS r(
        id uuid, "phoneIndex" bytea, scope text, since timestamptz, source text, "eventId" uuid)
    ON CONFLICT (tenant_id, phone_index, scope) WHERE lifted_at IS NULL DO NOTHING`);
}

const rowOf = ({ event, digest, proof }: NewEvent): Record<string, unknown> => ({
  ...event,
  proofDigest: bytes(event.proofDigest),
  digest: bytes(digest),
  salt: bytes(proof?.salt.toString('hex')),
  sealed: bytes(proof?.sealed.toString('hex')),
});

const bytes = (hex: string | null | undefined): string | null =>
  hex === null || hex === undefined ? null : `\\x${hex}`;

const openSeriesOfRows = rowsOf('reminder_series', ['id', 'kind', 'contactId']).with({
  purpose: col.of('reminder_series', 'purpose').as<ConsentPurpose>(),
});

/** Reads the open series of these people, of these purposes. */
export async function openSeriesOf(
  tx: Transaction,
  who: { readonly contactIds: readonly string[]; readonly purposes: readonly ConsentPurpose[] },
): Promise<RowOf<typeof openSeriesOfRows>[]> {
  if (who.contactIds.length === 0) return [];
  return tx.rows(openSeriesOfRows.sql`
    SELECT id, kind, purpose, contact_id AS "contactId" FROM reminder_series
     WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ANY(${who.contactIds}::uuid[])
       AND purpose = ANY(${who.purposes}::text[]) AND state IN ('open', 'paused')`);
}

/** Notifies the workflows of series that their person opted out; they end themselves. */
export async function signalOptOut(
  tx: Transaction,
  seriesIds: readonly string[],
  machineMs: number,
): Promise<void> {
  const intents = seriesIds.map((seriesId) => ({
    class: 'stop' as const,
    verb: 'signal' as const,
    workflow: 'reminderSeries' as const,
    workflowId: `series/${seriesId}`,
    signal: 'stopReceived',
    input: { tenantId: tx.tenantId, seriesId },
  }));
  await addToWorkflowOutbox(tx, intents, machineMs);
}

/** People rarely come back: more in an hour points to a program that undoes opt-outs. */
const MOST_RETURNS_AN_HOUR = 10;
const HOUR_MS = 3_600_000;

/**
 * Writes new agreements after an opt-out to the audit and to the tenant's events, as ids and codes alone. The one
 * that exceeds ten within an hour is reported once.
 */
export async function announceReturns(
  tx: Transaction,
  returns: readonly ConsentEvent[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  if (returns.length === 0) return;
  const entries = returns.map(({ actor, contactId, id: eventId, purpose, method }) => ({
    actor,
    action: 'consent.reinstated',
    ...(contactId === null ? {} : { subject: contactId }),
    details: { eventId, purpose, method },
  }));
  await recordAudits(tx, entries, when);
  const events = returns.map(({ actor: by, contactId: subject, purpose }) => ({
    type: 'consent.reinstated' as const,
    subject,
    about: { purpose, by },
  }));
  await raise(tx, events, when.at);
  const count = await recentReturns(tx, when.machineMs);
  const before = count - returns.length;
  if (count <= MOST_RETURNS_AN_HOUR || before > MOST_RETURNS_AN_HOUR) return;
  await recordAudit(
    tx,
    { actor: 'system', action: 'consent.reinstated-often', details: { count, within: 'PT1H' } },
    when,
  );
}

/** Counts the returns within the hour before that moment of the machine clock. */
async function recentReturns(tx: Transaction, machineMs: number): Promise<number> {
  const from = `${(machineMs - HOUR_MS).toString(16).padStart(12, '0')}00000000000000000000`;
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM audit_entry
     WHERE tenant_id = ${tx.tenantId}::uuid AND action = 'consent.reinstated' AND id >= ${from}::uuid`);
  return row?.count ?? 0;
}

/** Returns the highest count of returns of one tenant in the past hour; each tenant with too many is logged. */
export async function watchReturns(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<number> {
  const { database, clock, log } = deps;
  let most = 0;
  for await (const tenantId of everyTenant((work) => database.outside(work))) {
    const count = await database.withTenant(tenantId, (tx) => recentReturns(tx, clock.machine()));
    if (count > MOST_RETURNS_AN_HOUR)
      log.warn(
        { tenant: tenantId, count },
        'many people agreed anew after a STOP: check the source of these agreements',
      );
    most = Math.max(most, count);
  }
  return most;
}
