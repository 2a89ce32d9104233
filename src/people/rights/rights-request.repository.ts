import {
  BEFORE_ALL,
  query,
  type ResultOf,
  rowsOf,
  type Transaction,
  type Page,
} from '../../platform/index.ts';
import type { Right } from '../../sms/index.ts';

/** The results of a rights request. */
export type RightsOutcome = 'done' | 'refused' | 'not-a-request';

const requests = (tx: Transaction) =>
  query
    .selectFrom('rights_request as q')
    .leftJoin('reply as r', (join) =>
      join.onRef('r.tenantId', '=', 'q.tenantId').onRef('r.inboundId', '=', 'q.id'),
    )
    .select(['q.id', 'q.contactId', 'q.asks', 'q.matched', 'q.receivedAt', 'q.answerBy', 'q.erasureId'])
    .select(['q.answeredAt', 'q.outcome', 'q.actor', 'q.sealedNote', 'r.sealed'])
    .$narrowType<{ asks: Right; outcome: RightsOutcome | null }>()
    .where('q.tenantId', '=', tx.tenantId);

/** A stored request; the last day for its answer is in the tenant's zone. */
export type RightsRequestRow = ResultOf<ReturnType<typeof requests>>;

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
  page: Page & { readonly open?: boolean | undefined },
): Promise<RightsRequestRow[]> => {
  const all = requests(tx).where('q.id', '>', page.after ?? BEFORE_ALL);
  const asked = page.open === undefined ? all : all.where('q.answeredAt', page.open ? 'is' : 'is not', null);
  return tx.rows(asked.orderBy('q.id').limit(page.limit));
};

/** Reads a rights request of the tenant by its id. */
export const rightsRequestOf = (tx: Transaction, id: string): Promise<RightsRequestRow | undefined> =>
  tx.first(requests(tx).where('q.id', '=', id));

const unanswered = (tx: Transaction) =>
  query.updateTable('rights_request').where('tenantId', '=', tx.tenantId).where('answeredAt', 'is', null);

/** Stores the result of a request; false when it had one. */
export async function noteAnswered(
  tx: Transaction,
  id: string,
  {
    at: answeredAt,
    outcome,
    actor,
    sealedNote,
  }: {
    readonly at: string;
    readonly outcome: RightsOutcome;
    readonly actor: string;
    readonly sealedNote: Buffer | null;
  },
): Promise<boolean> {
  const answer = { answeredAt, outcome, actor, sealedNote };
  return (await tx.run(unanswered(tx).set(answer).where('id', '=', id))) === 1;
}

/** Links an erasure to the person's open requests for it. */
export const linkErasure = (
  tx: Transaction,
  { contactId, erasureId }: { readonly contactId: string; readonly erasureId: string },
): Promise<number> => tx.run(unanswered(tx).set({ erasureId }).where('contactId', '=', contactId));
