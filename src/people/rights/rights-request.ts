import { DateTime, Duration } from 'luxon';
import { dayIn, ANSWER_WITHIN } from '../../law/index.ts';
import type { Transaction, TenantKeys } from '../../platform/index.ts';
import type { RightsAsked } from '../../sms/index.ts';
import { tenantOf, raise } from '../../company/index.ts';
import { insertRightsRequest } from './rights-request.repository.ts';

/**
 * The last day on which a request may be answered: one month after it came (RGPD, art. 12(3)).
 *
 * The day it came is not counted, and a month without that day ends on its last one (Regulation 1182/71, art. 3). That
 * a last day off may be the next working day is left aside: in doubt the earlier one holds.
 */
export function answerBy(receivedAt: string, timeZone: string): string {
  const received = DateTime.fromISO(receivedAt, { zone: timeZone });
  const last = received.plus(Duration.fromISO(ANSWER_WITHIN.on(dayIn(received, timeZone)))).toISODate();
  if (last === null) throw new RangeError(`not an instant: ${receivedAt}`);
  return last;
}

/** Whole days left to answer, counted where the tenant is; negative once the day has passed. */
export const daysLeft = (lastDay: string, now: DateTime, timeZone: string): number => {
  const today = now.setZone(timeZone).startOf('day');
  return Math.round(DateTime.fromISO(lastDay, { zone: timeZone }).diff(today, 'days').days);
};

/** A request as it was heard. */
export interface RightsHeard {
  /** That of the reply. */
  readonly id: string;
  readonly phone: string;
  readonly rights: RightsAsked;
  /** Version of our lists of words. */
  readonly words: string;
  readonly receivedAt: string;
}

/** Keeps a request and tells whoever listens; twice is once. Nothing is promised to its author. */
export async function hearRights(
  tx: Transaction,
  keys: TenantKeys,
  { id, phone, rights, words, receivedAt }: RightsHeard,
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

/** Where the note of an answer is sealed. */
export const notePlace = (id: string): { table: string; column: string; row: string } => ({
  table: 'rights_request',
  column: 'sealed_note',
  row: id,
});
