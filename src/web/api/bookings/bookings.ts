import { z } from 'zod';
import {
  bookAppointment,
  confirmBooking,
  noteNoShow,
  seriesView,
  payInstalment,
  filePaymentPlan,
  fileSubscription,
  cancelBooking,
  missBooking,
  type BookingTerms,
  type RowTaker,
} from '../../../reminders/index.ts';
import { route, type Untagged, tagged } from '../../server/route.ts';
import { bookingKind } from './booking.ts';
import { bookingRoutes, ByExternalId, namedBooking } from './booking-routes.ts';
import { Booking, OfSource, SeriesShown, PaymentPlan, Subscription } from './booking-schema.ts';
import { ExternalId, Instant } from '../../server/schema.ts';
import type { Clock, Vault } from '../../../platform/index.ts';
import { BOOKING } from '../../../base/index.ts';
import { practices } from '../../../company/index.ts';

const appointments = bookingKind({
  kind: 'appointment',
  resource: 'appointments',
  schema: Booking,
  file: bookAppointment,
});

const act = (
  word: 'confirmation' | 'no-show',
  { summary, obey }: { readonly summary: string; readonly obey: typeof confirmBooking },
): Untagged =>
  route(`POST /v1/appointments/{externalId}/${word}`, {
    roles: BOOKING,
    summary,
    params: ByExternalId,
    query: OfSource,
    reply: SeriesShown,
    run: async ({ api: { vault, clock }, tx, caller, language, params, query }) => {
      const keys = await vault.tenant(tx);
      const booking = namedBooking('appointment', { ...params, ...query }, caller);
      return seriesView(tx, { keys, language }, await obey(tx, { keys, clock }, booking));
    },
  });

/** The routes of appointments; each appointment is one reminder series. */
export const appointmentRoutes = tagged('Appointments', [
  ...bookingRoutes(appointments, {
    put: 'Books an appointment, or moves it: the same call twice changes nothing.',
    list: 'Lists appointments in order of creation.',
    one: 'Shows an appointment with every step: planned, sent, moved, skipped and why.',
    end: 'Cancels an appointment; whoever was told of it is told so.',
  }),
  act('confirmation', { summary: 'The person says that they will come.', obey: confirmBooking }),
  act('no-show', { summary: 'The person did not come.', obey: noteNoShow }),
]);

const paymentPlans = bookingKind({
  kind: 'payment-plan',
  resource: 'payment-plans',
  schema: PaymentPlan,
  file: filePaymentPlan,
});

const OneInstalment = z.strictObject({
  externalId: ExternalId,
  number: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .transform(Number),
});

const Payment = z.strictObject({ paidAt: Instant.optional() }).prefault({});

/** The routes of payment plans; each plan is one series, which announces the schedule and reminds of each date. */
export const paymentPlanRoutes = tagged('Payment plans', [
  ...bookingRoutes(paymentPlans, {
    put: 'Files a payment plan, or changes it: its schedule is told, then each date before it comes.',
    list: 'Lists payment plans in order of creation; from and to are due dates.',
    one: 'Shows a payment plan with its instalments and every step.',
    end: 'Ends the reminders of a payment plan; nobody is told.',
  }),
  route('POST /v1/payment-plans/{externalId}/instalments/{number}/paid', {
    roles: BOOKING,
    summary: 'Notes that an instalment was paid: nothing more asks for it, and the plan has not changed.',
    params: OneInstalment,
    query: OfSource,
    body: Payment,
    reply: SeriesShown,
    run: async ({ api: { vault, clock }, tx, caller, language, params, query, body }) => {
      const keys = await vault.tenant(tx);
      const { externalId, number } = params;
      const booking = namedBooking('payment-plan', { externalId, ...query }, caller);
      const order = { ...booking, number, paidAt: body.paidAt?.toUTC().toISO() ?? undefined };
      return seriesView(tx, { keys, language }, await payInstalment(tx, { keys, clock }, order));
    },
  }),
]);

const subscriptions = bookingKind({
  kind: 'subscription',
  resource: 'subscriptions',
  schema: Subscription,
  file: fileSubscription,
});

/** The routes of contracts that renew or end; each contract is one reminder series. */
export const subscriptionRoutes = tagged(
  'Subscriptions',
  bookingRoutes(subscriptions, {
    put: 'Files a contract, or changes it: one SMS inside the time of its legal notice, which it never replaces.',
    list: 'Lists contracts in order of creation; from and to are days of refusal.',
    one: 'Shows a contract with every step, and whether its legal notice is known.',
    end: 'Ends the reminders of a contract; nobody is told.',
  }),
);

const KINDS = { appointment: appointments, subscription: subscriptions, 'payment-plan': paymentPlans };

/**
 * Returns a function that files the rows of an import with the checks of their PUT, and cancels as their DELETE does.
 */
export const rowTaker = (
  { vault, clock }: { readonly vault: Vault; readonly clock: Clock },
  terms: BookingTerms,
): RowTaker => ({
  file: async (tx, { kind, externalId, body, source, actor, reopen }) => {
    const { filed } = await KINDS[kind].file(
      tx,
      { keys: await vault.tenant(tx), clock, terms },
      {
        raw: body,
        externalId,
        source,
        actor,
        // The consents of an import are on record in the caller's own system.
        keyName: source,
        language: 'fr',
        replaceContact: false,
        reopen,
        mayDrop: () => false,
      },
    );
    return filed;
  },
  callOff: async (tx, { status, ...booking }) => {
    const deps = { keys: await vault.tenant(tx), clock };
    await (status === 'absent' ? missBooking(tx, deps, booking) : cancelBooking(tx, deps, booking));
  },
  onlyPractice: async (tx) => {
    const [first, second] = await practices(tx, await vault.tenant(tx), { limit: 2 });
    return second === undefined ? first?.externalId : undefined;
  },
});
