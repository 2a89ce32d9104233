import { DateTime } from 'luxon';
import { CALENDAR_YEARS } from './holiday.ts';

/** Readiness fails a year before the calendar ends; this leaves more than a year to hear of it first. */
const ALARM_DAYS = 800;

const END = DateTime.utc(CALENDAR_YEARS.last + 1);

/** Whole days until the last year whose public holidays are known ends. */
export function calendarDaysLeft(now: DateTime): number {
  return Math.floor(END.diff(now, 'days').days);
}

/** What to say, long before the gate closes, to whoever keeps the instance; nothing while it is far off. */
export function calendarAlarm(now: DateTime): string | undefined {
  const days = calendarDaysLeft(now);
  if (days >= ALARM_DAYS) return undefined;
  return `Public holidays are known until the end of ${CALENDAR_YEARS.last}, for ${days} more days: install a newer version.`;
}
