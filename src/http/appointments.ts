import { z } from 'zod';
import {
  cancelBooking,
  confirmBooking,
  findBooking,
  noteNoShow,
  type NamedBooking,
} from '../reminders/appointment-order.ts';
import { seriesView, viewSeries } from '../reminders/series-view.ts';
import { Answer } from './answer.ts';
import type { Api } from './api.ts';
import { book } from './booking.ts';
import { bulkRoute } from './booking-bulk.ts';
import { Booking, OfSource, SeriesAsked, SeriesShown, Taking } from './booking-schema.ts';
import { actorOf, type Caller, type Role } from './caller.ts';
import { lenient } from './lenient.ts';
import { NoContent, route, type Route } from './route.ts';
import { ExternalId, listOf, Page } from './schema.ts';
import { listed } from './series-list.ts';

const BOOKERS: readonly Role[] = ['admin', 'scheduler'];
const READERS: readonly Role[] = ['admin', 'scheduler', 'operator', 'auditor'];

const ByExternalId = z.strictObject({ externalId: ExternalId });

/** Appointments: booked, moved, cancelled; each is one reminder series. */
export const appointmentRoutes = (api: Api): Route[] => [
  // Before the paths that name a booking: none may be called so.
  bulkRoute(api),
  booking(api),
  list(api),
  one(api),
  cancellation(api),
  act(api, { word: 'confirmation', summary: 'The person says that they will come.', obey: confirmBooking }),
  act(api, { word: 'no-show', summary: 'The person did not come.', obey: noteNoShow }),
];

const booking = (api: Api): Route =>
  route({
    method: 'put',
    path: '/v1/appointments/{externalId}',
    roles: BOOKERS,
    summary: 'Books an appointment, or moves it: the same call twice changes nothing.',
    tag: 'Appointments',
    params: ByExternalId,
    query: Taking,
    body: lenient(Booking),
    reply: SeriesShown,
    also: [201],
    run: async ({ tx, caller, language, params, query, body }) => {
      const { source, ignoreUnknown = false, replaceContact = false } = query;
      const asked = { ...params, raw: body, source, ignoreUnknown, replaceContact, caller, language };
      const { created, view } = await book(api, tx, asked);
      return new Answer(created ? 201 : 200, view);
    },
  });

const list = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/appointments',
    roles: READERS,
    summary: 'Lists appointments in order of creation.',
    tag: 'Appointments',
    query: Page.extend({
      ...OfSource.shape,
      ...SeriesAsked,
      practice: z.string().min(1).max(200).optional(),
    }),
    reply: listOf(SeriesShown),
    run: ({ tx, language, query }) => listed(api, tx, { ...query, kind: 'appointment', language }),
  });

const one = ({ vault, clock }: Api): Route =>
  route({
    method: 'get',
    path: '/v1/appointments/{externalId}',
    roles: READERS,
    summary: 'Shows an appointment with every step: planned, sent, moved, skipped and why.',
    tag: 'Appointments',
    params: ByExternalId,
    query: OfSource,
    reply: SeriesShown,
    run: async ({ tx, caller, language, params, query }) => {
      const keys = await vault.tenant(tx);
      const series = await findBooking(tx, { keys }, named(params.externalId, query.source, caller));
      return viewSeries(tx, { keys, now: clock.now(), language }, series);
    },
  });

const cancellation = ({ vault, clock }: Api): Route =>
  route({
    method: 'delete',
    path: '/v1/appointments/{externalId}',
    roles: BOOKERS,
    summary: 'Cancels an appointment; whoever was told of it is told so.',
    tag: 'Appointments',
    params: ByExternalId,
    query: OfSource,
    reply: NoContent,
    status: 204,
    run: async ({ tx, caller, params, query }) => {
      const keys = await vault.tenant(tx);
      await cancelBooking(tx, { keys, clock }, named(params.externalId, query.source, caller));
      return new Answer(204, undefined);
    },
  });

interface Act {
  readonly word: string;
  readonly summary: string;
  readonly obey: typeof confirmBooking;
}

const act = ({ vault, clock }: Api, { word, summary, obey }: Act): Route =>
  route({
    method: 'post',
    path: `/v1/appointments/{externalId}/${word}`,
    roles: BOOKERS,
    summary,
    tag: 'Appointments',
    params: ByExternalId,
    query: OfSource,
    reply: SeriesShown,
    run: async ({ tx, caller, language, params, query }) => {
      const keys = await vault.tenant(tx);
      const considered = await obey(tx, { keys, clock }, named(params.externalId, query.source, caller));
      return seriesView(tx, { keys, language }, considered);
    },
  });

const named = (externalId: string, source: string | undefined, caller: Caller): NamedBooking => ({
  kind: 'appointment',
  source: source ?? caller.source,
  externalId,
  actor: actorOf(caller),
});
