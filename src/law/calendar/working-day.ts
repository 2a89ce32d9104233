import type { DateTime } from 'luxon';
import { holidaysOn, type HolidayAsked } from './holiday.ts';
import { localDate } from './local-date.ts';

/** Returns the first day after a day that is Monday to Friday and no holiday for these people. */
export function nextWorkingDay(day: DateTime, people: Omit<HolidayAsked, 'rulesOn'>): DateTime {
  const next = day.startOf('day').plus({ days: 1 });
  const isOff = next.weekday > 5 || holidaysOn(localDate(next), { ...people, rulesOn: undefined }).length > 0;
  return isOff ? nextWorkingDay(next, people) : next;
}
