import { fileSubscription } from '../../../reminders/index.ts';
import type { Api } from '../../server/api.ts';
import { bookingKind } from './booking.ts';
import { bookingRoutes } from './booking-routes.ts';
import { Subscription } from './booking-schema.ts';
import type { Route } from '../../server/route.ts';

/** The kind of contracts. */
export const subscriptions = bookingKind({
  kind: 'subscription',
  resource: 'subscriptions',
  tag: 'Subscriptions',
  schema: Subscription,
  file: fileSubscription,
});

/** The routes of contracts that renew or end; each is one reminder series. */
export const subscriptionRoutes = (api: Api): Route[] =>
  bookingRoutes(api, subscriptions, {
    put: 'Files a contract, or changes it: one SMS inside the time of its legal notice, which it never replaces.',
    list: 'Lists contracts in order of creation; from and to are days of refusal.',
    one: 'Shows a contract with every step, and whether its legal notice is known.',
    end: 'Ends the reminders of a contract; nobody is told.',
  });
