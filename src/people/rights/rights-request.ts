import { DateTime, Duration } from 'luxon';
import { dayIn, ANSWER_WITHIN } from '../../law/index.ts';
import type { Transaction, TenantKeys } from '../../platform/index.ts';
import type { RightsAsked } from '../../sms/index.ts';
import { tenantOf, raise } from '../../company/index.ts';
import { insertRightsRequest } from './rights-request.repository.ts';

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

/** A recorded rights request. */
export interface RightsRequest {
  /** That of the reply. */
  readonly id: string;
  readonly phone: string;
  readonly rights: RightsAsked;
  /** Version of our lists of words. */
  readonly words: string;
  readonly receivedAt: string;
}

/** Stores a request and notifies listeners; repeating changes nothing. Its author is promised nothing. */
export async function receiveRightsRequest(
  tx: Transaction,
  keys: TenantKeys,
  { id, phone, rights, words, receivedAt }: RightsRequest,
): Promise<void> {
  const tenant = await tenantOf(tx);
  if (tenant === undefined) return;
  const request = {
    id,
    phoneIndex: keys.phoneIndex(phone),
    asks: rights.right,
    matched: rights.matched,
    words,
    receivedAt,
    answerBy: answerBy(receivedAt, tenant.timeZone),
  };
  const kept = await insertRightsRequest(tx, request);
  if (kept === undefined) return;
  const about = { requestId: id, right: rights.right, answerBy: request.answerBy };
  await raise(tx, [{ type: 'rights.requested', subject: kept.contactId, about }], receivedAt);
}

/** The place of an answer's sealed note. */
export const notePlace = (id: string): { table: string; column: string; row: string } => ({
  table: 'rights_request',
  column: 'sealed_note',
  row: id,
});
