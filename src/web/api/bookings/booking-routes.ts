import { z } from 'zod';
import {
  cancelBooking,
  findBooking,
  type NamedBooking,
  type SeriesKind,
  viewSeries,
} from '../../../reminders/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { takeBooking, takenAs, type BookingKind } from './booking.ts';
import { bulkRoute } from './booking-bulk.ts';
import { BookingEnding, OfSource, SeriesAsked, SeriesShown, BookingTaking } from './booking-schema.ts';
import { actorOf, type Caller, type Role } from '../../server/caller.ts';
import { lenient } from '../../server/lenient.ts';
import { NoContent, route, type Route } from '../../server/route.ts';
import { ExternalId, listOf, PageQuery } from '../../server/schema.ts';
import { listed } from './series-list.ts';

/** The roles that file and change bookings. */
export const BOOKERS: readonly Role[] = ['admin', 'scheduler'];
const READERS: readonly Role[] = ['admin', 'scheduler', 'operator', 'auditor'];

/** The path of one booking. */
export const ByExternalId = z.strictObject({ externalId: ExternalId });

/** The sentences of the API document. */
interface Summaries {
  readonly put: string;
  readonly list: string;
  readonly one: string;
  readonly end: string;
}

/** The routes common to every kind of booking: file, list, show, end, and many at once. */
export const bookingRoutes = (api: Api, kind: BookingKind, summaries: Summaries): Route[] => [
  // Before the paths that name a booking: no booking may have this name.
  bulkRoute(api, kind),
  filing(api, kind, summaries),
  list(api, kind, summaries),
  one(api, kind, summaries),
  ending(api, kind, summaries),
];

const filing = (api: Api, kind: BookingKind, { put }: Summaries): Route =>
  route({
    method: 'put',
    path: `/v1/${kind.resource}/{externalId}`,
    roles: BOOKERS,
    summary: put,
    tag: kind.tag,
    params: ByExternalId,
    query: BookingTaking,
    body: lenient(kind.schema),
    reply: SeriesShown,
    also: [201],
    run: async ({ tx, caller, language, params, query, body }) => {
      const asked = { kind, ...params, raw: body, ...takenAs(query), caller, language };
      const { created, view } = await takeBooking(api, tx, asked);
      return new Answer(created ? 201 : 200, view);
    },
  });

const list = (api: Api, { kind, resource, tag }: BookingKind, summaries: Summaries): Route =>
  route({
    method: 'get',
    path: `/v1/${resource}`,
    roles: READERS,
    summary: summaries.list,
    tag,
    query: PageQuery.extend({
      ...OfSource.shape,
      ...SeriesAsked,
      practice: z.string().min(1).max(200).optional(),
    }),
    reply: listOf(SeriesShown),
    run: ({ tx, language, query }) => listed(api, tx, { ...query, kind, language }),
  });

const one = ({ vault, clock }: Api, { kind, resource, tag }: BookingKind, summaries: Summaries): Route =>
  route({
    method: 'get',
    path: `/v1/${resource}/{externalId}`,
    roles: READERS,
    summary: summaries.one,
    tag,
    params: ByExternalId,
    query: OfSource,
    reply: SeriesShown,
    run: async ({ tx, caller, language, params, query }) => {
      const keys = await vault.tenant(tx);
      const booking = namedBooking(kind, { ...params, ...query }, caller);
      const series = await findBooking(tx, { keys }, booking);
      return viewSeries(tx, { keys, now: clock.now(), language }, series);
    },
  });

const ending = ({ vault, clock }: Api, { kind, resource, tag }: BookingKind, { end }: Summaries): Route =>
  route({
    method: 'delete',
    path: `/v1/${resource}/{externalId}`,
    roles: BOOKERS,
    summary: end,
    tag,
    params: ByExternalId,
    query: BookingEnding,
    reply: NoContent,
    status: 204,
    also: [202],
    run: async ({ tx, caller, params, query: { sourceRevision, ...query } }) => {
      const keys = await vault.tenant(tx);
      const booking = { ...namedBooking(kind, { ...params, ...query }, caller), sourceRevision };
      const became = await cancelBooking(tx, { keys, clock }, booking);
      return new Answer(became === 'cancelled' ? 204 : 202, undefined);
    },
  });

/** Builds a booking's name from its path. */
export const namedBooking = (
  kind: SeriesKind,
  { externalId, source }: { readonly externalId: string; readonly source?: string | undefined },
  caller: Caller,
): NamedBooking => ({ kind, source: source ?? caller.source, externalId, actor: actorOf(caller) });
