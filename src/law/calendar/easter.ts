import { localDate } from './local-date.ts';
import { DateTime } from 'luxon';

/**
 * Easter Sunday of a Gregorian year, as midnight UTC of a bare date.
 *
 * The anonymous computus (Meeus, *Astronomical Algorithms*, ch. 8); valid for every year from 1583.
 */
export function easterOf(year: number): DateTime {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const lateEpact = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const days = epact + toSunday - 7 * lateEpact + 114;
  return DateTime.utc(year, Math.floor(days / 31), (days % 31) + 1);
}

/** The date so many days after Easter Sunday, `YYYY-MM-DD`. */
export function easterPlus(year: number, days: number): string {
  return localDate(easterOf(year).plus({ days }));
}
