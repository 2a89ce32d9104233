import { type Transaction, Refusal } from '../../platform/index.ts';
import type { BookingGiven } from './booking-given.ts';
import { refuseBeyondCalendar } from './event-date.ts';
import { fileSeries, type Filed } from './filing.ts';
import { startOfDate } from '../steps/notice-bounds.ts';
import {
  detailsGiven,
  filingOf,
  bookingPlanOf,
  prepareBooking,
  type BookingDeps,
} from './prepared-booking.ts';
import { DEFAULT_RENEWAL_PLAN } from '../steps/step-offset.ts';
import { countedFrom, type Regime, type SubscriptionTerms } from '../series/terms.ts';
import { clockOf } from '../../people/index.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** A contract from a back office; dates are `YYYY-MM-DD`. */
export interface SubscriptionGiven extends BookingGiven {
  readonly renewsOn: string;
  readonly refuseBy?: string | undefined;
  /** True when absent. */
  readonly tacitRenewal?: boolean | undefined;
  /** That of consumers when absent. */
  readonly regime?: Regime | undefined;
  readonly service?: string | undefined;
  readonly legalNoticeRef?: string | undefined;
}

/**
 * Files a contract, or changes the one with this external id; repeating changes nothing. The SMS completes the
 * letter or e-mail that the law asks for: its reference is kept, and never assumed.
 */
export async function fileSubscription(
  tx: Transaction,
  deps: BookingDeps,
  given: SubscriptionGiven,
): Promise<Filed> {
  const { service, legalNoticeRef } = given;
  const terms = termsOf(given);
  refuseAbsentDate(given, terms);
  refuseBeyondCalendar(terms.renewsOn, '/renewsOn');
  const asked = { given, kind: 'subscription', purpose: 'renewal', unjudged: { service } } as const;
  const prepared = await prepareBooking(tx, deps, asked);
  const event = startOfDate(countedFrom(terms), clockOf(prepared.contact.place));
  const { renewsOn, refuseBy, tacit } = terms;
  return fileSeries(tx, deps, {
    ...filingOf(given, prepared),
    kind: asked.kind,
    purpose: asked.purpose,
    details: { ...detailsGiven(given), service, legalNoticeRef },
    event,
    said: [renewsOn, refuseBy, tacit],
    plan: bookingPlanOf(asked, prepared.tenant, DEFAULT_RENEWAL_PLAN),
    terms,
    pastFrom: event,
  });
}

function termsOf({
  renewsOn,
  refuseBy = null,
  tacitRenewal = true,
  regime = 'consumer',
}: Omit<SubscriptionGiven, 'refuseBy'> & {
  readonly refuseBy?: string | null | undefined;
}): SubscriptionTerms {
  if (tacitRenewal && refuseBy === null) throw wrong('INVALID_REQUEST', bilingual.booking.needsRefuseBy);
  if (refuseBy !== null && refuseBy > renewsOn)
    throw wrong('DATES_CONTRADICT', bilingual.booking.refuseByAfterRenewal);
  return { kind: 'subscription', renewsOn, refuseBy, tacit: tacitRenewal, regime };
}

/** A text that names a deadline needs one. */
function refuseAbsentDate({ text }: SubscriptionGiven, { refuseBy }: SubscriptionTerms): void {
  if (refuseBy !== null || text?.includes('{refuseBy}') !== true) return;
  const message = bilingual.booking.noRefuseBy;
  const errors = [{ in: 'body' as const, pointer: '/text', message }];
  throw new Refusal('TEXT_CANNOT_RENDER', { errors });
}

const wrong = (code: 'INVALID_REQUEST' | 'DATES_CONTRADICT', message: Words): Refusal =>
  new Refusal(code, { errors: [{ in: 'body', pointer: '/refuseBy', message }] });
