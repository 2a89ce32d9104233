import { DateTime } from 'luxon';
import { knownZone } from '../../rule/index.ts';
import { CALENDAR_YEARS, hasCalendar } from './holiday.ts';

/** A local date, whatever the zone: days since 1 January 1970. */
export type DayNumber = number;

/** A day of 24 hours, in milliseconds. */
export const DAY_MS = 86_400_000;

const firstDayOf = (year: number): DayNumber => DateTime.utc(year, 1, 1).toMillis() / DAY_MS;

const yearStarts: readonly DayNumber[] = Array.from(
  { length: CALENDAR_YEARS.last - CALENDAR_YEARS.first + 2 },
  (_, index) => firstDayOf(CALENDAR_YEARS.first + index),
);
const [FIRST = 0] = yearStarts;
const END = yearStarts.at(-1) ?? 0;

/** Says whether the holidays of a date are known. */
export function isInCalendar(day: DayNumber): boolean {
  return day >= FIRST && day < END;
}

export function yearOf(day: DayNumber): number {
  const estimate = CALENDAR_YEARS.first + Math.floor((day - FIRST) / 365.25);
  return day >= (yearStarts[estimate + 1 - CALENDAR_YEARS.first] ?? END) ? estimate + 1 : estimate;
}

/** Returns midnight of a date, in a zone. */
export function dayAt(day: DayNumber, timeZone: string): DateTime {
  const { year, month, day: date } = DateTime.fromMillis(day * DAY_MS, { zone: 'utc' });
  return DateTime.fromObject({ year, month, day: date }, { zone: knownZone(timeZone) }).startOf('day');
}

/** Returns the local date of a moment in its own zone. */
export function dayNumber({ year, month, day }: DateTime): DayNumber {
  return DateTime.utc(year, month, day).toMillis() / DAY_MS;
}

/**
 * Says whether the holidays of a moment's local date are known; the zone is read only near the ends of the calendar.
 */
export function isCovered(at: DateTime, timeZone: string): boolean {
  const day = at.toMillis() / DAY_MS;
  return (day > FIRST + 1 && day < END - 1) || hasCalendar(at.setZone(knownZone(timeZone)).year);
}
