import { DateTime } from 'luxon';
import type { Holiday } from './day.ts';
import { localDate } from '../base/dated.ts';

const SOURCE = 'Code du travail, art. L3133-1';

/** Month and day, or days after Easter Sunday; then the name in French and English. */
const rows: readonly (readonly [string | number, string, string])[] = [
  ['01-01', '1er janvier', 'New Year’s Day'],
  [1, 'lundi de Pâques', 'Easter Monday'],
  ['05-01', '1er mai', 'Labour Day'],
  ['05-08', '8 mai', 'Victory Day, 8 May'],
  [39, 'Ascension', 'Ascension Day'],
  [50, 'lundi de Pentecôte', 'Whit Monday'],
  ['07-14', '14 juillet', 'Bastille Day'],
  ['08-15', 'Assomption', 'Assumption'],
  ['11-01', 'Toussaint', 'All Saints’ Day'],
  ['11-11', '11 novembre', 'Armistice Day'],
  ['12-25', 'Noël', 'Christmas Day'],
];

/**
 * The eleven days of the Labour Code, L3133-1.
 *
 * Read: no other day is given when one falls on a Sunday, and the *journée de solidarité* does not
 * take Whit Monday off the list. Two of them may fall on one date (8 May and Ascension in 2059).
 */
export function nationalDays(year: number): readonly Holiday[] {
  return rows.map(([when, name, nameEn]) => ({
    on: typeof when === 'number' ? easterPlus(year, when) : `${year}-${when}`,
    name,
    nameEn,
    class: 'national',
    source: SOURCE,
  }));
}

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
