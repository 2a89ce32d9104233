import type { DateTime } from 'luxon';
import { type Transaction, Refusal } from '../../platform/index.ts';
import type { BookingGiven } from './booking-given.ts';
import { eventTime } from './event-time.ts';
import { fileSeries, type Filed } from './filing.ts';
import {
  detailsGiven,
  filingOf,
  bookingPlanOf,
  prepareBooking,
  type BookingDeps,
} from './prepared-booking.ts';
import type { OnDecline } from '../../company/index.ts';
import { DEFAULT_APPOINTMENT_PLAN } from '../steps/step-offset.ts';
import { bilingual } from '../../words/index.ts';

/** An appointment from a back office. */
export interface AppointmentGiven extends BookingGiven {
  /** A local time, with or without offset. */
  readonly startsAt: string;
  readonly practice: string;
  /** A street. */
  readonly place?: string | undefined;
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
  const asked = {
    given,
    kind: 'appointment',
    purpose: 'appointment',
    unjudged: { place: given.place },
  } as const;
  const prepared = await prepareBooking(tx, deps, asked);
  const { startsAt: text, timeZone } = given;
  const event = eventTime({ text, timeZone, home: prepared.home, pointer: '/startsAt' });
  refuseSkippedHour(text, event);
  return fileSeries(tx, deps, {
    ...filingOf(given, prepared),
    kind: asked.kind,
    purpose: asked.purpose,
    details: { ...detailsGiven(given), place: given.place },
    event,
    said: undefined,
    plan: bookingPlanOf(asked, prepared.tenant, DEFAULT_APPOINTMENT_PLAN),
    terms: { kind: 'appointment', ...(given.onDecline === undefined ? {} : { onDecline: given.onDecline }) },
    pastFrom: event,
  });
}

/** Refuses a local time that a clock change skips: only the caller knows which one is meant. */
function refuseSkippedHour(text: string, event: DateTime): void {
  if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || event.toFormat('HH:mm') === text.slice(11, 16)) return;
  const message = bilingual.booking.skippedHour;
  const errors = [{ in: 'body' as const, pointer: '/startsAt', message }];
  throw new Refusal('DATE_INVALID', { errors });
}
