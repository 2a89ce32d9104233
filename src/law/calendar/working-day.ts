import type { DateTime } from 'luxon';
import type { Territory } from '../territory.ts';
import { holidaysOn } from './holiday.ts';

/** The first day after a day that is Monday to Friday and a holiday in none of the territories. */
export function nextWorkingDay(day: DateTime, territories: readonly Territory[]): DateTime {
  const next = day.startOf('day').plus({ days: 1 });
  const isOff = next.weekday > 5 || holidaysOn(next.toISODate() ?? '', territories).length > 0;
  return isOff ? nextWorkingDay(next, territories) : next;
}
