import { sql } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { Right } from '../../sms/index.ts';

/** The results of a rights request. */
export type RightsOutcome = 'done' | 'refused' | 'not-a-request';

const rightsRequestRows = rowsOf('rights_request', [
  'id',
  'contactId',
  'matched',
  'receivedAt',
  'erasureId',
  'answeredAt',
  'actor',
  'sealedNote',
]).with({
  asks: col.of('rights_request', 'asks').as<Right>(),
  /** The last day for the answer, in the tenant's zone. */
  answerBy: col.text(),
  outcome: col.of('rights_request', 'outcome').as<RightsOutcome>(),
  sealed: col.of('reply', 'sealed').orNull(),
});

/** A stored request. */
export type RightsRequestRow = RowOf<typeof rightsRequestRows>;

const COLUMNS = sql`
  q.id, q.contact_id AS "contactId", q.asks, q.matched, iso(q.received_at) AS "receivedAt",
  to_char(q.answer_by, 'YYYY-MM-DD') AS "answerBy", q.erasure_id AS "erasureId", iso(q.answered_at) AS "answeredAt",
  q.outcome, q.actor, q.sealed_note AS "sealedNote", r.sealed`;

const FROM = sql`
  FROM rights_request q LEFT JOIN reply r ON r.tenant_id = q.tenant_id AND r.inbound_id = q.id`;

/** A rights request to record. */
export interface NewRightsRequest {
  readonly id: string;
  readonly phoneIndex: Buffer;
  readonly asks: Right;
  readonly matched: string;
  readonly words: string;
  readonly receivedAt: string;
  readonly answerBy: string;
}

const contactIdRows = rowsOf('rights_request', ['contactId']);

/** Stores a request, once; returns its person, or undefined when it was known. */
export const insertRightsRequest = (
  tx: Transaction,
  request: NewRightsRequest,
): Promise<{ readonly contactId: string | null } | undefined> =>
  tx.first(contactIdRows.sql`
    INSERT INTO rights_request (tenant_id, id, contact_id, asks, matched, words, received_at, answer_by)
    SELECT ${tx.tenantId}::uuid, ${request.id}::uuid,
           (SELECT c.id FROM contact c WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.phone_index = ${request.phoneIndex}
             AND c.retired_at IS NULL),
           ${request.asks}, ${request.matched}, ${request.words}, ${request.receivedAt}::timestamptz, ${request.answerBy}::date
    ON CONFLICT DO NOTHING RETURNING contact_id AS "contactId"`);

/** Reads a page of requests in order of arrival, all or by whether they were answered. */
export const rightsRequestsOf = (
  tx: Transaction,
  page: {
    readonly limit: number;
    readonly after?: string | undefined;
    readonly open?: boolean | undefined;
  },
): Promise<RightsRequestRow[]> =>
  tx.rows(rightsRequestRows.sql`
    SELECT ${COLUMNS} ${FROM}
     WHERE q.tenant_id = ${tx.tenantId}::uuid
       AND (${page.after ?? null}::uuid IS NULL OR q.id > ${page.after ?? null}::uuid)
       AND (${page.open ?? null}::boolean IS NULL OR (q.answered_at IS NULL) = ${page.open ?? null}::boolean)
     ORDER BY q.id LIMIT ${page.limit}`);

/** One request. */
export const rightsRequestOf = (tx: Transaction, id: string): Promise<RightsRequestRow | undefined> =>
  tx.first(rightsRequestRows.sql`
    SELECT ${COLUMNS} ${FROM} WHERE q.tenant_id = ${tx.tenantId}::uuid AND q.id = ${id}::uuid`);

/** Stores the result of a request; false when it had one. */
export async function noteAnswered(
  tx: Transaction,
  id: string,
  given: {
    readonly at: string;
    readonly outcome: RightsOutcome;
    readonly actor: string;
    readonly sealedNote: Buffer | null;
  },
): Promise<boolean> {
  const noted = await tx.run(sql`
    UPDATE rights_request SET answered_at = ${given.at}::timestamptz, outcome = ${given.outcome}, actor = ${given.actor},
           sealed_note = ${given.sealedNote}
     WHERE tenant_id = ${tx.tenantId}::uuid AND id = ${id}::uuid AND answered_at IS NULL`);
  return noted === 1;
}

/** Links an erasure to the person's open requests for it. */
export const linkErasure = (
  tx: Transaction,
  { contactId, erasureId }: { readonly contactId: string; readonly erasureId: string },
): Promise<number> =>
  tx.run(sql`
    UPDATE rights_request SET erasure_id = ${erasureId}::uuid
     WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid AND answered_at IS NULL`);
