import { z } from 'zod';
import { payInstalment, filePaymentPlan, seriesView } from '../../../reminders/index.ts';
import type { Api } from '../../server/api.ts';
import { bookingKind } from './booking.ts';
import { BOOKERS, bookingRoutes, namedBooking } from './booking-routes.ts';
import { OfSource, PaymentPlan, SeriesShown } from './booking-schema.ts';
import { route, type Route } from '../../server/route.ts';
import { ExternalId, Instant } from '../../server/schema.ts';

/** The kind of payment plans. */
export const paymentPlans = bookingKind({
  kind: 'payment-plan',
  resource: 'payment-plans',
  tag: 'Payment plans',
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

/** The routes of payment plans: the schedule announced, each date reminded of; one series a plan. */
export const paymentPlanRoutes = (api: Api): Route[] => [
  ...bookingRoutes(api, paymentPlans, {
    put: 'Files a payment plan, or changes it: its schedule is told, then each date before it comes.',
    list: 'Lists payment plans in order of creation; from and to are due dates.',
    one: 'Shows a payment plan with its instalments and every step.',
    end: 'Ends the reminders of a payment plan; nobody is told.',
  }),
  paid(api),
];

const paid = ({ vault, clock }: Api): Route =>
  route({
    method: 'post',
    path: '/v1/payment-plans/{externalId}/instalments/{number}/paid',
    roles: BOOKERS,
    summary: 'Notes that an instalment was paid: nothing more asks for it, and the plan has not changed.',
    tag: 'Payment plans',
    params: OneInstalment,
    query: OfSource,
    body: Payment,
    reply: SeriesShown,
    run: async ({ tx, caller, language, params, query, body }) => {
      const keys = await vault.tenant(tx);
      const { externalId, number } = params;
      const booking = namedBooking('payment-plan', { externalId, ...query }, caller);
      const order = { ...booking, number, paidAt: body.paidAt?.toUTC().toISO() ?? undefined };
      return seriesView(tx, { keys, language }, await payInstalment(tx, { keys, clock }, order));
    },
  });
