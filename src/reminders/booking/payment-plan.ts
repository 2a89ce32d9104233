import { type Transaction, Refusal } from '../../platform/index.ts';
import type { BookingGiven } from './booking-given.ts';
import { refuseBeyondCalendar } from './event-date.ts';
import { fileSeries, type Filed } from './filing.ts';
import { lastDueEnd, planEnd } from '../steps/plan-payments.ts';
import {
  detailsGiven,
  filingOf,
  bookingPlanOf,
  prepareBooking,
  type BookingDeps,
} from './prepared-booking.ts';
import type { InstalmentAmount } from '../series/series.ts';
import { DEFAULT_PAYMENT_PLAN } from '../steps/step-offset.ts';
import type { Instalment, PaymentTerms } from '../series/terms.ts';
import { clockOf } from '../../people/index.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** A payment plan from a back office. */
export interface PaymentPlanGiven extends BookingGiven {
  readonly instalments: readonly (Instalment & InstalmentAmount)[];
  readonly label?: string | undefined;
  /** True when absent. */
  readonly announce?: boolean | undefined;
  /** Maximum parts of the schedule. */
  readonly maxParts?: number | undefined;
}

/** Files a payment plan, or changes the one with this external id; repeating changes nothing. */
export async function filePaymentPlan(
  tx: Transaction,
  deps: BookingDeps,
  given: PaymentPlanGiven,
): Promise<Filed> {
  const { label, maxParts, announce = true } = given;
  const instalments = inOrder(given.instalments);
  const asked = { given, kind: 'payment-plan', purpose: 'payment', unjudged: { label } } as const;
  const prepared = await prepareBooking(tx, deps, asked);
  const timeZone = clockOf(prepared.contact.place);
  const plan = bookingPlanOf(asked, prepared.tenant, DEFAULT_PAYMENT_PLAN);
  const amounts = instalments.map(({ number, amount, currency }) => ({ number, amount, currency }));
  const terms: PaymentTerms = {
    kind: 'payment-plan',
    instalments: instalments.map(({ number, dueOn }) => ({ number, dueOn })),
    announce,
  };
  return fileSeries(tx, deps, {
    ...filingOf(given, prepared),
    kind: asked.kind,
    purpose: asked.purpose,
    details: { ...detailsGiven(given), label, amounts, maxParts },
    event: planEnd(terms, { plan, timeZone }),
    said: instalments.map(({ number, dueOn, amount, currency }) => [number, dueOn, amount, currency]),
    plan,
    terms,
    pastFrom: lastDueEnd(instalments, timeZone),
  });
}

/** Sorts instalments: each number once, and dates that grow with them. */
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
  new Refusal('INSTALMENTS_UNSORTED', { errors: [{ in: 'body', pointer, message }] });
