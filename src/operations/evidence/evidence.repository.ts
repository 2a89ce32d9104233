import { sql } from 'kysely';
import { col, rowsOf, type RowOf, type Transaction } from '../../platform/index.ts';
import type { SaleStatement } from '../../company/index.ts';
import { eventColumns, eventRows, type ConsentEvent } from '../../people/index.ts';

/** An event with its position in the chain and its proof, as far as they exist. */
export interface ChainedEvent extends ConsentEvent {
  readonly digest: string;
  readonly position: number | null;
  /** Hexadecimal. */
  readonly previousHash: string | null;
  readonly hash: string | null;
  readonly salt: string | null;
  readonly sealed: Buffer | null;
  /** The time at which the reason of a visit was removed from the proof: the event's digest is of the former text. */
  readonly cutAt: string | null;
}

/** More than any person does; a file notes when it is reached. */
const MOST_EVENTS = 5_000;

const chainedEventRows = eventRows.and('consent_proof', ['cutAt']).with({
  previousHash: col.text().orNull(),
  hash: col.text().orNull(),
  salt: col.text().orNull(),
  sealed: col.of('consent_proof', 'sealed').orNull(),
  position: col.text().orNull(),
});

/** Reads the events of a person and those behind the suppressions of the number, in the order of the chain. */
export async function readChainedEvents(
  tx: Transaction,
  who: { readonly contactId: string; readonly named: readonly string[] },
): Promise<ChainedEvent[]> {
  const rows = await tx.rows(chainedEventRows.sql`
    SELECT ${eventColumns}, l.position, encode(l.previous_hash, 'hex') AS "previousHash", encode(l.hash, 'hex') AS hash,
           encode(p.salt, 'hex') AS salt, p.sealed, iso(p.cut_at) AS "cutAt"
      FROM (SELECT id FROM consent_event WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${who.contactId}::uuid
            UNION SELECT unnest(${who.named}::uuid[])) w
      JOIN consent_event e ON e.id = w.id AND e.tenant_id = ${tx.tenantId}::uuid
      LEFT JOIN link l ON l.tenant_id = e.tenant_id AND l.chain = 'consent' AND l.event_id = e.id
      LEFT JOIN consent_proof p ON p.event_id = e.id
     ORDER BY l.position NULLS LAST, e.id LIMIT ${MOST_EVENTS}`);
  return rows.map(({ position, ...row }) =>
    Object.assign(row, { position: position === null ? null : Number(position) }),
  );
}

const suppressionShownRows = rowsOf('suppression', [
  'id',
  'scope',
  'since',
  'source',
  'recordedAt',
  'eventId',
  'liftedAt',
  'liftedBy',
]);

/** A suppression for evidence, without its number. */
type SuppressionShown = RowOf<typeof suppressionShownRows>;

/** Reads every suppression of a number, lifted or not; of a person without a number, those of their events. */
export async function readSuppressionsOf(
  tx: Transaction,
  who: { readonly contactId: string; readonly phoneIndex: Buffer | undefined },
): Promise<SuppressionShown[]> {
  const among =
    who.phoneIndex === undefined
      ? sql`s.event_id IN (SELECT id FROM consent_event WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${who.contactId}::uuid)`
      : sql`s.phone_index = ${who.phoneIndex}`;
  return tx.rows(suppressionShownRows.sql`
    SELECT s.id, s.scope, iso(s.since) AS since, s.source, iso(s.recorded_at) AS "recordedAt", s.event_id AS "eventId",
           iso(s.lifted_at) AS "liftedAt", s.lifted_by AS "liftedBy"
      FROM suppression s WHERE s.tenant_id = ${tx.tenantId}::uuid AND ${among} ORDER BY s.recorded_at, s.id`);
}

const shownWordingRows = rowsOf('wording', [
  'id',
  'version',
  'locale',
  'purposes',
  'origin',
  'inUseFrom',
  'inUseUntil',
  'text',
]).with({
  findings: col.of('wording', 'findings'),
  /** Hexadecimal. */
  sha256: col.text(),
});

/** A wording as it was shown. */
type ShownWording = RowOf<typeof shownWordingRows>;

export function readWordingsShown(tx: Transaction, ids: readonly string[]): Promise<ShownWording[]> {
  return tx.rows(shownWordingRows.sql`
    SELECT id, version, locale, purposes, origin, iso(in_use_from) AS "inUseFrom", iso(in_use_until) AS "inUseUntil",
           findings, encode(sha256, 'hex') AS sha256, text
      FROM wording WHERE tenant_id = ${tx.tenantId}::uuid AND id = ANY(${ids}::uuid[]) ORDER BY id`);
}

const statementShownRows = rowsOf('audit_entry', ['at']).with({
  auditId: col.of('audit_entry', 'id'),
  act: col.text<'opened' | 'closed'>(),
  statement: col.of('audit_entry', 'details').as<Readonly<Partial<SaleStatement>>>(),
});

/** A controller's signed statement on advertising to its customers and its start; or the end of it. */
type StatementShown = RowOf<typeof statementShownRows>;

/** Reads every statement of a controller, in order; each is in the chain of the audit. */
export const readSaleStatements = (tx: Transaction): Promise<StatementShown[]> =>
  tx.rows(statementShownRows.sql`
    SELECT id AS "auditId", iso(at) AS at, replace(action, 'customers.', '') AS act, details AS statement FROM audit_entry
     WHERE tenant_id = ${tx.tenantId}::uuid AND action IN ('customers.opened', 'customers.closed') ORDER BY audit_entry.at, id LIMIT ${MOST_EVENTS}`);

const shownFormRows = rowsOf('form_text', ['formId', 'version', 'language', 'text'])
  .and('form', ['slug'])
  .and('form_version', ['publishedAt'])
  .with({
    terms: col.of('form_version', 'terms'),
    /** Hexadecimal. */
    sha256: col.text(),
  });

/** A page as somebody saw it: its form, and every word of it. */
type ShownForm = RowOf<typeof shownFormRows>;

export function readFormsShown(tx: Transaction, fingerprints: readonly string[]): Promise<ShownForm[]> {
  return tx.rows(shownFormRows.sql`
    SELECT t.form_id AS "formId", f.slug, t.version, iso(v.published_at) AS "publishedAt", v.terms, t.language,
           encode(t.sha256, 'hex') AS sha256, t.text
      FROM form_text t JOIN form f ON f.id = t.form_id
      JOIN form_version v ON v.form_id = t.form_id AND v.version = t.version
     WHERE t.tenant_id = ${tx.tenantId}::uuid
       AND t.sha256 IN (SELECT decode(h, 'hex') FROM unnest(${fingerprints}::text[]) AS h)
     ORDER BY t.form_id, t.version, t.sha256`);
}

const writtenReplyRows = rowsOf('reply', ['receivedAt', 'sealed', 'decidedAt', 'decision']).with({
  id: col.of('reply', 'inboundId'),
  kind: col.of('reply', 'reading'),
  because: col.of('reply', 'because'),
});

/** A person's reply, sealed. */
type WrittenReply = RowOf<typeof writtenReplyRows>;

/** Reads the newest replies of a person, in order of arrival. */
export function readRepliesOf(tx: Transaction, contactId: string, most: number): Promise<WrittenReply[]> {
  return tx.rows(writtenReplyRows.sql`
    SELECT * FROM (
      SELECT inbound_id AS id, iso(received_at) AS "receivedAt", reading AS kind, because, sealed,
             iso(decided_at) AS "decidedAt", decision
        FROM reply WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid
       ORDER BY inbound_id DESC LIMIT ${most}) r ORDER BY id`);
}

const controllerRows = rowsOf('tenant', ['id', 'name', 'legalName']).with({
  contact: col.of('tenant', 'contact'),
});

/** The controller named in the file. */
type Controller = RowOf<typeof controllerRows>;

/** Reads the controller's present data. */
export async function readController(tx: Transaction): Promise<Controller | undefined> {
  return tx.first(controllerRows.sql`
    SELECT id, name, legal_name AS "legalName", contact
      FROM tenant WHERE id = ${tx.tenantId}::uuid`);
}

const bookingRows = rowsOf('reminder_series', [
  'id',
  'kind',
  'personIndex',
  'sealed',
  'eventAt',
  'state',
  'createdAt',
]).with({
  steps: col.json<
    readonly {
      readonly step: string;
      readonly plannedAt: string | null;
      readonly state: string;
    }[]
  >(),
});

/** A booking of a person, sealed. */
export type SealedBooking = RowOf<typeof bookingRows>;

/** Reads a page of a person's bookings, each with the steps of its current revision. */
export function readBookingsOf(
  tx: Transaction,
  contactId: string,
  page: { readonly after: string; readonly most: number },
): Promise<SealedBooking[]> {
  return tx.rows(bookingRows.sql`
    SELECT s.id, s.kind, s.person_index AS "personIndex", s.sealed, iso(s.event_at) AS "eventAt", s.state,
           iso(s.created_at) AS "createdAt",
           (SELECT coalesce(json_agg(json_build_object('step', t.step, 'plannedAt', iso(t.planned_at), 'state', t.state)
                                     ORDER BY t.position), '[]')
              FROM reminder_step t WHERE t.series_id = s.id AND t.revision = s.revision) AS steps
      FROM reminder_series s
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.contact_id = ${contactId}::uuid AND s.id > ${page.after}::uuid
     ORDER BY s.id LIMIT ${page.most}`);
}
