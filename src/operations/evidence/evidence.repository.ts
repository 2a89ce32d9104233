import { sql } from 'kysely';
import { anyOf, col, hexOf, query, rowsOf, type RowOf, type Transaction } from '../../platform/index.ts';
import type { SaleStatement } from '../../company/index.ts';
import { eventColumns, eventRows } from '../../people/index.ts';

/** A consent event, with its position in the chain and its proof where they exist. */
export type ChainedEvent = Awaited<ReturnType<typeof readChainedEvents>>[number];

/** No person has more events; the file says so if one does. */
const MOST_EVENTS = 5_000;

const chainedEventRows = eventRows.with({
  /** When the reason of a visit was removed from the proof; the digest of the event is that of the former text. */
  cutAt: col.of('consent_proof', 'cutAt'),
  /** Hexadecimal, as are the next two. */
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
) {
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

const suppressions = query
  .selectFrom('suppression')
  .select(['id', 'scope', 'since', 'source', 'recordedAt', 'eventId', 'liftedAt', 'liftedBy']);

/** Reads the suppressions of a number, lifted ones included; without a number, those that the person's events made. */
export async function readSuppressionsOf(
  tx: Transaction,
  who: { readonly contactId: string; readonly phoneIndex: Buffer | undefined },
) {
  const own = suppressions.where('tenantId', '=', tx.tenantId).orderBy('recordedAt').orderBy('id');
  if (who.phoneIndex !== undefined) return tx.rows(own.where('phoneIndex', '=', who.phoneIndex));
  const events = query.selectFrom('consent_event').select('id').where('tenantId', '=', tx.tenantId);
  return tx.rows(own.where('eventId', 'in', events.where('contactId', '=', who.contactId)));
}

const wordings = query
  .selectFrom('wording')
  .select(['id', 'version', 'locale', 'purposes', 'origin', 'inUseFrom', 'inUseUntil', 'findings'])
  .select([hexOf('sha256'), 'text']);

export function readWordingsShown(tx: Transaction, ids: readonly string[]) {
  const own = wordings.where('tenantId', '=', tx.tenantId).orderBy('id');
  return tx.rows(own.where('id', '=', anyOf(ids, 'uuid')));
}

const statements = query
  .selectFrom('audit_entry')
  .select(['id as auditId', 'at', 'details as statement'])
  .select(sql<'opened' | 'closed'>`replace(action, 'customers.', '')`.as('act'))
  .$narrowType<{ statement: Readonly<Partial<SaleStatement>> }>()
  .where('action', 'in', ['customers.opened', 'customers.closed']);

/** Reads the statements of the controller on advertising to customers, in order; each is in the chain of the audit. */
export function readSaleStatements(tx: Transaction) {
  const own = statements.where('tenantId', '=', tx.tenantId);
  return tx.rows(own.orderBy('at').orderBy('id').limit(MOST_EVENTS));
}

const shownForms = query
  .selectFrom('form_text as t')
  .innerJoin('form as f', 'f.id', 't.formId')
  .innerJoin('form_version as v', (join) =>
    join.onRef('v.formId', '=', 't.formId').onRef('v.version', '=', 't.version'),
  )
  .select(['t.formId', 'f.slug', 't.version', 'v.publishedAt', 'v.terms', 't.language', 't.text'])
  .select(hexOf('sha256'));

export function readFormsShown(tx: Transaction, fingerprints: readonly string[]) {
  const digests = fingerprints.map((one) => Buffer.from(one, 'hex'));
  const own = shownForms
    .where('t.tenantId', '=', tx.tenantId)
    .where('t.sha256', '=', anyOf(digests, 'bytea'));
  return tx.rows(own.orderBy('t.formId').orderBy('t.version').orderBy('t.sha256'));
}

const replies = query
  .selectFrom('reply')
  .select(['inboundId as id', 'receivedAt', 'reading as kind', 'because', 'sealed', 'decidedAt', 'decision']);

/** Reads the newest replies of a person, in order of arrival. */
export async function readRepliesOf(tx: Transaction, contactId: string, most: number) {
  const own = replies.where('tenantId', '=', tx.tenantId).where('contactId', '=', contactId);
  return (await tx.rows(own.orderBy('inboundId', 'desc').limit(most))).toReversed();
}

const controllers = query.selectFrom('tenant').select(['id', 'name', 'legalName', 'contact']);

export async function readController(tx: Transaction) {
  return tx.first(controllers.where('id', '=', tx.tenantId));
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

/** A booking of a person, encrypted. */
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
