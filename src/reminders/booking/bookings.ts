import type { DateTime } from 'luxon';
import type { z } from 'zod';
import { type Refusal, refusedField, type Transaction } from '../../platform/index.ts';
import {
  detailsGiven,
  filingOf,
  bookingPlanOf,
  prepareBooking,
  type BookingGiven,
  type BookingDeps,
  eventTime,
  refuseBeyondCalendar,
} from './prepared-booking.ts';
import { fileSeries, type Filed } from './filing.ts';
import type { OnDecline } from '../../company/index.ts';
import {
  DEFAULT_APPOINTMENT_PLAN,
  DEFAULT_PAYMENT_PLAN,
  DEFAULT_RENEWAL_PLAN,
} from '../steps/planned-step.ts';
import { bilingual, type Words } from '../../words/index.ts';
import { lastDueEnd, planEnd } from '../steps/plan-contract.ts';
import {
  countedFrom,
  OfAppointment,
  OfPaymentPlan,
  OfSubscription,
  type InstalmentAmount,
  type Instalment,
  type PaymentTerms,
  type SubscriptionTerms,
} from '../series/series.ts';
import { clockOf } from '../../person/index.ts';
import { startOfDate } from '../steps/plan-steps.ts';

export interface AppointmentGiven extends BookingGiven, Readonly<z.output<typeof OfAppointment>> {
  /** A local time, with or without offset. */
  readonly startsAt: string;
  readonly practice: string;
  /** The effect of a NON on its reminders; the tenant's choice when absent. */
  readonly onDecline?: OnDecline | undefined;
}

/**
 * Books an appointment, or moves the one with this external id; repeating changes nothing. Without a usable basis
 * it is kept and sends nothing. A new one in the past is refused; one that moves there is kept, so that nothing of
 * the old moment is sent.
 */
export async function bookAppointment(
  tx: Transaction,
  deps: BookingDeps,
  given: AppointmentGiven,
): Promise<Filed> {
  const request = {
    given,
    kind: 'appointment',
    purpose: 'appointment',
    unjudged: { place: given.place },
  } as const;
  const prepared = await prepareBooking(tx, deps, request);
  const { startsAt: text, timeZone } = given;
  const event = eventTime({ text, timeZone, home: prepared.home, pointer: '/startsAt' });
  refuseSkippedHour(text, event);
  return fileSeries(tx, deps, {
    ...filingOf(request, prepared),
    details: { ...detailsGiven(given), ...OfAppointment.parse(given) },
    event,
    said: undefined,
    plan: bookingPlanOf(request, prepared.tenant, DEFAULT_APPOINTMENT_PLAN),
    terms: { kind: 'appointment', ...(given.onDecline === undefined ? {} : { onDecline: given.onDecline }) },
    pastFrom: event,
  });
}

/** Refuses a local time that a clock change skips: only the caller knows which one is meant. */
function refuseSkippedHour(text: string, event: DateTime): void {
  if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || event.toFormat('HH:mm') === text.slice(11, 16)) return;
  throw refusedField('/startsAt', bilingual.booking.skippedHour, 'DATE_INVALID');
}

export interface PaymentPlanGiven
  extends BookingGiven, Omit<Readonly<z.output<typeof OfPaymentPlan>>, 'amounts'> {
  readonly instalments: readonly (Instalment & InstalmentAmount)[];
  /** True when absent. */
  readonly announce?: boolean | undefined;
}

/** Files a payment plan, or changes the one with this external id; repeating changes nothing. */
export async function filePaymentPlan(
  tx: Transaction,
  deps: BookingDeps,
  given: PaymentPlanGiven,
): Promise<Filed> {
  const { label, announce = true } = given;
  const instalments = inOrder(given.instalments);
  const request = { given, kind: 'payment-plan', purpose: 'payment', unjudged: { label } } as const;
  const prepared = await prepareBooking(tx, deps, request);
  const timeZone = clockOf(prepared.contact.place);
  const plan = bookingPlanOf(request, prepared.tenant, DEFAULT_PAYMENT_PLAN);
  const amounts = instalments.map(({ number, amount, currency }) => ({ number, amount, currency }));
  const terms: PaymentTerms = {
    kind: 'payment-plan',
    instalments: instalments.map(({ number, dueOn }) => ({ number, dueOn })),
    announce,
  };
  return fileSeries(tx, deps, {
    ...filingOf(request, prepared),
    details: { ...detailsGiven(given), ...OfPaymentPlan.parse({ ...given, amounts }) },
    event: planEnd(terms, { plan, timeZone }),
    said: instalments.map(({ number, dueOn, amount, currency }) => [number, dueOn, amount, currency]),
    plan,
    terms,
    pastFrom: lastDueEnd(instalments, timeZone),
  });
}

/** Returns instalments whose numbers and dates grow; refuses others. */
function inOrder(instalments: PaymentPlanGiven['instalments']): PaymentPlanGiven['instalments'] {
  instalments.forEach((instalment, at) => {
    refuseBeyondCalendar(instalment.dueOn, `/instalments/${at}/dueOn`);
    const before = instalments[at - 1];
    if (before === undefined) return;
    if (instalment.number <= before.number)
      throw wrong(`/instalments/${at}/number`, bilingual.booking.numbersGrow);
    if (instalment.dueOn < before.dueOn)
      throw wrong(`/instalments/${at}/dueOn`, bilingual.booking.beforeTheLast);
  });
  return instalments;
}

const wrong = (pointer: string, message: Words): Refusal =>
  refusedField(pointer, message, 'INSTALMENTS_UNSORTED');

/** A contract from a back office; dates are `YYYY-MM-DD`. */
export interface SubscriptionGiven extends BookingGiven, Readonly<z.output<typeof OfSubscription>> {
  readonly renewsOn: string;
  readonly refuseBy?: string | undefined;
  /** True when absent. */
  readonly tacitRenewal?: boolean | undefined;
  /** That of consumers when absent. */
  readonly regime?: SubscriptionTerms['regime'] | undefined;
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
  const terms = termsOf(given);
  refuseAbsentDate(given, terms);
  refuseBeyondCalendar(terms.renewsOn, '/renewsOn');
  const request = {
    given,
    kind: 'subscription',
    purpose: 'renewal',
    unjudged: { service: given.service },
  } as const;
  const prepared = await prepareBooking(tx, deps, request);
  const event = startOfDate(countedFrom(terms), clockOf(prepared.contact.place));
  const { renewsOn, refuseBy, tacit } = terms;
  return fileSeries(tx, deps, {
    ...filingOf(request, prepared),
    details: { ...detailsGiven(given), ...OfSubscription.parse(given) },
    event,
    said: [renewsOn, refuseBy, tacit],
    plan: bookingPlanOf(request, prepared.tenant, DEFAULT_RENEWAL_PLAN),
    terms,
    pastFrom: event,
  });
}

function termsOf(
  about: Omit<SubscriptionGiven, 'refuseBy'> & { readonly refuseBy?: string | null | undefined },
): SubscriptionTerms {
  const { renewsOn, refuseBy = null, tacitRenewal = true, regime = 'consumer' } = about;
  if (tacitRenewal && refuseBy === null) throw refusedField('/refuseBy', bilingual.booking.needsRefuseBy);
  if (refuseBy !== null && refuseBy > renewsOn)
    throw refusedField('/refuseBy', bilingual.booking.refuseByAfterRenewal, 'DATES_CONTRADICT');
  return { kind: 'subscription', renewsOn, refuseBy, tacit: tacitRenewal, regime };
}

/** Refuses a text that names a deadline for a contract without one. */
function refuseAbsentDate({ text }: SubscriptionGiven, { refuseBy }: SubscriptionTerms): void {
  if (refuseBy !== null || text?.includes('{refuseBy}') !== true) return;
  throw refusedField('/text', bilingual.booking.noRefuseBy, 'TEXT_CANNOT_RENDER');
}
