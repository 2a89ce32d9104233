import { bookAppointment, confirmBooking, noteNoShow, seriesView } from '../../../reminders/index.ts';
import type { Api } from '../../server/api.ts';
import { bookingKind } from './booking.ts';
import { BOOKERS, bookingRoutes, ByExternalId, namedBooking } from './booking-routes.ts';
import { Booking, OfSource, SeriesShown } from './booking-schema.ts';
import { route, type Route } from '../../server/route.ts';

/** The kind of appointments. */
export const appointments = bookingKind({
  kind: 'appointment',
  resource: 'appointments',
  tag: 'Appointments',
  schema: Booking,
  file: bookAppointment,
});

/** The routes of appointments: book, move, cancel; each is one reminder series. */
export const appointmentRoutes = (api: Api): Route[] => [
  ...bookingRoutes(api, appointments, {
    put: 'Books an appointment, or moves it: the same call twice changes nothing.',
    list: 'Lists appointments in order of creation.',
    one: 'Shows an appointment with every step: planned, sent, moved, skipped and why.',
    end: 'Cancels an appointment; whoever was told of it is told so.',
  }),
  act(api, { word: 'confirmation', summary: 'The person says that they will come.', obey: confirmBooking }),
  act(api, { word: 'no-show', summary: 'The person did not come.', obey: noteNoShow }),
];

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
      const booking = namedBooking('appointment', { ...params, ...query }, caller);
      return seriesView(tx, { keys, language }, await obey(tx, { keys, clock }, booking));
    },
  });
