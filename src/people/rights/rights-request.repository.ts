import { DateTime, Duration } from 'luxon';
import { ANSWER_WITHIN } from '../../law/index.ts';
import { dayIn } from '../../rule/index.ts';
import {
  type Transaction,
  BEFORE_ALL,
  query,
  type ResultOf,
  rowsOf,
  type Page,
} from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import type { RightsAsked, Right } from '../../sms/index.ts';
import { tenantOf, raise } from '../../company/index.ts';

/**
 * Returns the last day for answering a request: one month after it came (RGPD, art. 12(3)). The day of arrival is
 * not counted, and a month without that day ends on its last one (Regulation 1182/71, art. 3). A last day off is
 * not moved to the next working day: in doubt the earlier one holds.
 */
export function answerBy(receivedAt: string, timeZone: string): string {
  const received = DateTime.fromISO(receivedAt, { zone: timeZone });
  const last = received.plus(Duration.fromISO(ANSWER_WITHIN.on(dayIn(received, timeZone)))).toISODate();
  if (last === null) throw new RangeError(`not an instant: ${receivedAt}`);
  return last;
}

/** Counts the whole days left to answer, in the tenant's zone; negative once the day has passed. */
export const daysLeft = (lastDay: string, now: DateTime, timeZone: string): number => {
  const today = now.setZone(timeZone).startOf('day');
  return Math.round(DateTime.fromISO(lastDay, { zone: timeZone }).diff(today, 'days').days);
};

const contactIdRows = rowsOf('rights_request', ['contactId']);

/** A request of a person to exercise a right (GDPR), which came as a reply. */
export interface RightsRequest {
  /** The id of the inbound reply. */
  readonly id: string;
  readonly phone: string;
  readonly rights: RightsAsked;
  /** Version of the word lists by which it was recognized. */
  readonly words: string;
  readonly receivedAt: string;
}

/** Stores a request and notifies the tenant; repeating changes nothing. Its author gets no answer from here. */
export async function receiveRightsRequest(
  tx: Transaction,
  keys: TenantKeys,
  { id, phone, rights, words, receivedAt }: RightsRequest,
): Promise<void> {
  const tenant = await tenantOf(tx);
  if (tenant === undefined) return;
  const lastDay = answerBy(receivedAt, tenant.timeZone);
  const kept = await tx.first(contactIdRows.sql`
    INSERT INTO rights_request (tenant_id, id, contact_id, asks, matched, words, received_at, answer_by)
    SELECT ${tx.tenantId}::uuid, ${id}::uuid,
           (SELECT c.id FROM contact c WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.phone_index = ${keys.phoneIndex(phone)}
             AND c.retired_at IS NULL),
           ${rights.right}, ${rights.matched}, ${words}, ${receivedAt}::timestamptz, ${lastDay}::date
    ON CONFLICT DO NOTHING RETURNING contact_id AS "contactId"`);
  if (kept === undefined) return;
  const about = { requestId: id, right: rights.right, answerBy: lastDay };
  await raise(tx, [{ type: 'rights.requested', subject: kept.contactId, about }], receivedAt);
}

/** Names the cell of the sealed note on an answer, to which its encryption is bound. */
export const notePlace = (id: string): { table: string; column: string; row: string } => ({
  table: 'rights_request',
  column: 'sealed_note',
  row: id,
});

type RightsOutcome = 'done' | 'refused' | 'not-a-request';

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

/** Reads a page of requests in order of arrival: all, those without an answer (`open`), or those with one. */
export const rightsRequestsOf = (
  tx: Transaction,
  page: Page & { readonly open?: boolean | undefined },
): Promise<RightsRequestRow[]> => {
  const all = requests(tx).where('q.id', '>', page.after ?? BEFORE_ALL);
  const some = page.open === undefined ? all : all.where('q.answeredAt', page.open ? 'is' : 'is not', null);
  return tx.rows(some.orderBy('q.id').limit(page.limit));
};

/** Reads a rights request of the tenant by its id. */
export const rightsRequestOf = (tx: Transaction, id: string): Promise<RightsRequestRow | undefined> =>
  tx.first(requests(tx).where('q.id', '=', id));

const unanswered = (tx: Transaction) =>
  query.updateTable('rights_request').where('tenantId', '=', tx.tenantId).where('answeredAt', 'is', null);

/** Stores the outcome of a request; false when it had one already. */
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

/** Links an erasure to the open requests of its person; returns their number. */
export const linkErasure = (
  tx: Transaction,
  { contactId, erasureId }: { readonly contactId: string; readonly erasureId: string },
): Promise<number> => tx.run(unanswered(tx).set({ erasureId }).where('contactId', '=', contactId));
