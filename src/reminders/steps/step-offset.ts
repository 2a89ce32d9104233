import { DateTime, Duration } from 'luxon';
import { wallTime } from '../../law/index.ts';

/** A reminder's wished offset before the event, and its local time. */
export interface StepWish {
  /** An ISO 8601 duration, as `P2D` or `PT2H`; `-P3D` is three days after. */
  readonly offset: string;
  /** `HH:MM` in the recipient's zone; the event's own local time when absent. */
  readonly at?: string;
}

const OFFSET = /^P(?=\d|T\d)(?:\d{1,2}M)?(?:\d{1,2}W)?(?:\d{1,3}D)?(?:T(?=\d)(?:\d{1,3}H)?(?:\d{1,4}M)?)?$/;
const LONGEST_DAYS = 366;

/** The default plan of appointments. */
export const DEFAULT_APPOINTMENT_PLAN: readonly StepWish[] = [{ offset: 'P2D' }];

/** The default plan of renewals. */
export const DEFAULT_RENEWAL_PLAN: readonly StepWish[] = [{ offset: 'P2M' }];

/** The default plan of each instalment. */
export const DEFAULT_PAYMENT_PLAN: readonly StepWish[] = [{ offset: 'P3D' }];

/** Says whether a wish can be planned: a span of a year at most, in hours only without `at`. */
export function isStepWish({ offset, at }: StepWish): boolean {
  if (!OFFSET.test(offset)) return false;
  const span = Duration.fromISO(offset);
  const days = span.as('days');
  if (at !== undefined && isHourly(offset)) return false;
  return days <= LONGEST_DAYS && (days > 0 || at !== undefined);
}

const DATE_OFFSET = /^P(?=\d)(?:\d{1,2}M)?(?:\d{1,2}W)?(?:\d{1,3}D)?$/;

/** Says whether a wish counts whole days before a date, a year at most. */
export const isDateWish = ({ offset }: StepWish): boolean =>
  DATE_OFFSET.test(offset) && Duration.fromISO(offset).as('days') <= LONGEST_DAYS;

/** The same, or some days after it: a gentle reminder once the date has passed. */
export const isPaymentWish = (wish: StepWish): boolean =>
  isAfter(wish.offset)
    ? isDateWish({ offset: wish.offset.slice(1) }) && Duration.fromISO(wish.offset).as('days') < 0
    : isDateWish(wish);

/** Says whether a wish lies after its date. */
export const isAfter = (offset: string): boolean => offset.startsWith('-');

/** Says whether a wish counts hours and minutes alone. */
function isHourly(offset: string): boolean {
  return offset.startsWith('PT');
}

/** Says whether a wish means the day of the event itself. */
export function isSameDay(offset: string): boolean {
  return isHourly(offset) && Duration.fromISO(offset).as('hours') < 24;
}

/**
 * Returns the wished moment of a reminder of an appointment. An appointment is an hour, not a date: `P1D` is the
 * day before at the same local time, which on the days of a clock change is not `PT24H`. With `at`, the date counts
 * and the recipient's clock shows `at`.
 */
export function wantedAt({ offset, at }: StepWish, event: DateTime, recipientZone: string): DateTime {
  const { years, months, weeks, days, hours, minutes, seconds } = Duration.fromISO(offset);
  const date = event.startOf('day').minus({ years, months, weeks, days });
  if (at !== undefined) return wallTime(onDateIn(recipientZone, date), at);
  const day = wallTime(date, event.toFormat('HH:mm'));
  return day.minus({ hours, minutes, seconds });
}

/** The local time of reminders of a date, by default. */
export const DATE_HOUR = '10:00';

/** Returns the wished moment of a reminder of a date; a shorter month gives its last day. */
export function wantedOn({ offset, at }: StepWish, on: string, recipientZone: string): DateTime {
  const { months, weeks, days } = Duration.fromISO(offset);
  const date = DateTime.fromISO(on, { zone: 'utc' }).minus({ months, weeks, days });
  return wallTime(onDateIn(recipientZone, date), at ?? DATE_HOUR);
}

const onDateIn = (zone: string, { year, month, day }: DateTime): DateTime =>
  DateTime.fromObject({ year, month, day, hour: 12 }, { zone });
