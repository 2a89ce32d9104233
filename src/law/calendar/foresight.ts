import { DateTime } from 'luxon';
import { CALENDAR_YEARS } from './holiday.ts';

/** Readiness fails a year before the calendar ends; this leaves more than a year of warning before that. */
const ALARM_DAYS = 800;

const END = DateTime.utc(CALENDAR_YEARS.last + 1);

/** Whole days until the end of the last year with known public holidays. */
export function calendarDaysLeft(now: DateTime): number {
  return Math.floor(END.diff(now, 'days').days);
}

/** Returns a warning for the operator of the instance when the calendar nears its end; undefined while that is far off. */
export function calendarAlarm(now: DateTime): string | undefined {
  const days = calendarDaysLeft(now);
  if (days >= ALARM_DAYS) return undefined;
  return `Public holidays are known until the end of ${CALENDAR_YEARS.last}, for ${days} more days: install a newer version.`;
}
