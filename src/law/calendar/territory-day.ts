import { DateTime } from 'luxon';
import { localDate, type Territory, dated, sinceEver } from '../../rule/index.ts';

/** `national` by article L3133-1, `local` by a text of the territory, `soft` where sources disagree. */
export type HolidayClass = 'national' | 'local' | 'soft';

/** A day of rest in a territory, and its source. */
export interface Holiday {
  /** Local date, `YYYY-MM-DD`. */
  readonly on: string;
  readonly name: string;
  readonly nameEn: string;
  readonly class: HolidayClass;
  readonly source: string;
  /** True when somebody may declare that it is no holiday where their people live (WIN-09). */
  readonly mayBeOpen?: true;
}

/** A day of one territory besides the national ones. */
interface TerritoryDay {
  readonly territories: readonly Territory[];
  /** Month and day, or days after Easter Sunday. */
  readonly when: string | number;
  readonly name: string;
  readonly nameEn: string;
  readonly class: Exclude<HolidayClass, 'national'>;
  readonly source: string;
  readonly mayBeOpen?: true;
  /** First and last year, both inclusive; absent without such a bound. */
  readonly from?: number;
  readonly until?: number;
}

/** Days by which the moon may be sighted before or after the computed date. */
export const SIGHTING_DAYS = dated([sinceEver('WIN-03'), 1]);

const SOURCE = 'Code du travail, art. L3133-1';

/** Month and day, or days after Easter Sunday; then the name in French and English. */
const nationalRows: readonly (readonly [string | number, string, string])[] = [
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
 * Returns the eleven days of the Labour Code, L3133-1. No other day replaces one that falls on a Sunday, and the
 * *journée de solidarité* does not take Whit Monday off the list. Two of them may fall on one date (8 May and Ascension
 * in 2059).
 */
export function nationalDays(year: number): readonly Holiday[] {
  return nationalRows.map(([when, name, nameEn]) => ({
    on: typeof when === 'number' ? easterPlus(year, when) : `${year}-${when}`,
    name,
    nameEn,
    class: 'national',
    source: SOURCE,
  }));
}

/**
 * Returns Easter Sunday of a Gregorian year from 1583 on, as midnight UTC of a bare date, by the anonymous computus
 * (Meeus, *Astronomical Algorithms*, ch. 8).
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

/** Returns the date a number of days after Easter Sunday, `YYYY-MM-DD`. */
export function easterPlus(year: number, days: number): string {
  return localDate(easterOf(year).plus({ days }));
}

/** The day that several territories keep, each on its own date. */
const SLAVERY = { name: 'abolition de l’esclavage', nameEn: 'Abolition of Slavery' } as const;

/** The Friday before Easter Sunday. */
const GOOD_FRIDAY = { when: -2, name: 'Vendredi saint', nameEn: 'Good Friday' } as const;

/** The article that gives the overseas departments their day. */
const L3422 = 'Code du travail, art. L3422-2';

/** The Pacific, besides the national days. */
const pacific: readonly TerritoryDay[] = [
  {
    territories: ['NC'],
    when: '09-24',
    name: 'fête de la citoyenneté',
    nameEn: 'Citizenship Day',
    class: 'local',
    source: 'Nouvelle-Calédonie ; date-holidays',
  },
  {
    territories: ['PF'],
    when: '03-05',
    name: 'arrivée de l’Évangile',
    nameEn: 'Missionary Day',
    class: 'local',
    source: 'Polynésie française, code du travail',
  },
  { territories: ['PF'], ...GOOD_FRIDAY, class: 'local', source: 'Polynésie française, code du travail' },
  {
    territories: ['PF'],
    when: '06-29',
    name: 'fête de l’autonomie',
    nameEn: 'Autonomy Day',
    class: 'local',
    source: 'Polynésie française, code du travail',
    until: 2025,
  },
  {
    territories: ['PF'],
    when: '11-20',
    name: 'Matari’i i ni’a',
    nameEn: 'Matari’i i ni’a',
    class: 'local',
    source: 'Polynésie française, loi du pays votée le 6 mai 2025',
    from: 2026,
  },
  {
    territories: ['WF'],
    when: '04-28',
    name: 'Saint Pierre Chanel',
    nameEn: 'St Peter Chanel',
    class: 'local',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet',
  },
  {
    territories: ['WF'],
    when: '06-29',
    name: 'Saints Pierre et Paul',
    nameEn: 'Saints Peter and Paul',
    class: 'soft',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet ; date-holidays',
  },
  {
    territories: ['WF'],
    when: '07-29',
    name: 'fête du Territoire',
    nameEn: 'Territory Day',
    class: 'local',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet',
  },
];

/** La Réunion and Mayotte, besides the national days and custom. */
const indianOcean: readonly TerritoryDay[] = [
  { territories: ['RE'], when: '12-20', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['YT'], when: '04-27', ...SLAVERY, class: 'local', source: L3422 },
];

/** The Antilles and Guyane, besides the national days; Saint-Pierre keeps no other. */
const americas: readonly TerritoryDay[] = [
  { territories: ['GP'], when: '05-27', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['MF'], when: '05-27', ...SLAVERY, class: 'local', source: L3422 },
  // The code writes 27 May; circulars and the prefecture apply 28 May. In doubt both are kept.
  {
    territories: ['MF'],
    when: '05-28',
    ...SLAVERY,
    class: 'soft',
    source: 'Préfecture de Saint-Martin, depuis 2018 ; etalab',
    from: 2018,
  },
  { territories: ['BL'], when: '10-09', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['MQ'], when: '05-22', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['GF'], when: '06-10', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['GP', 'MQ'], ...GOOD_FRIDAY, class: 'soft', source: 'date-holidays ; vacanza/holidays' },
  { territories: ['BL'], ...GOOD_FRIDAY, class: 'soft', source: 'date-holidays (bank)' },
  {
    territories: ['GP', 'MQ'],
    when: '07-21',
    name: 'fête Victor Schœlcher',
    nameEn: 'Victor Schœlcher Day',
    class: 'soft',
    source: 'Etalab ; vacanza/holidays',
  },
  {
    territories: ['GP'],
    when: -24,
    name: 'Mi-Carême',
    nameEn: 'Mid-Lent',
    class: 'soft',
    source: 'vacanza/holidays',
  },
];

const ALSACE = ['FR-57', 'FR-67', 'FR-68'] as const;

/** Moselle, Bas-Rhin and Haut-Rhin, besides the national days. */
const alsaceMoselle: readonly TerritoryDay[] = [
  // L3134-13 keeps Good Friday in communes that have a Protestant temple; which ones is for the controller to say (WIN-09).
  {
    territories: ALSACE,
    ...GOOD_FRIDAY,
    class: 'local',
    source: 'Code du travail, art. L3134-13',
    mayBeOpen: true,
  },
  {
    territories: ALSACE,
    when: '12-26',
    name: '26 décembre',
    nameEn: 'St Stephen’s Day',
    class: 'local',
    source: 'Code du travail, art. L3134-13 ; ordonnance du 16 août 1892',
  },
];

/** A change of law adds a row and ends another; no row is ever rewritten. */
const rows: readonly TerritoryDay[] = [...alsaceMoselle, ...americas, ...indianOcean, ...pacific];

/** Returns the days that a territory kept in a year besides the national ones. */
export function territoryDays(territory: Territory, year: number): readonly Holiday[] {
  return rows
    .filter((row) => row.territories.includes(territory))
    .filter((row) => (row.from ?? year) <= year && year <= (row.until ?? year))
    .map((row) => holidayIn(row, year));
}

const holidayIn = (
  { when, name, nameEn, source, mayBeOpen, ...row }: TerritoryDay,
  year: number,
): Holiday => ({
  on: typeof when === 'number' ? easterPlus(year, when) : `${year}-${when}`,
  name,
  nameEn,
  class: row.class,
  source,
  ...(mayBeOpen === undefined ? {} : { mayBeOpen }),
});
