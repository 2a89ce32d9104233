import type { Territory } from '../territory.ts';
import { TERRITORIES } from '../territory.ts';
import { USUAL_GOOD_FRIDAY, type GoodFridayChoice } from '../chapters/recipient.ts';
import { customaryDays } from './customary.ts';
import type { Holiday } from './day.ts';
import { nationalDays } from './national.ts';
import { SECOND_SOURCE, publicDaysElsewhere } from './second-source.ts';
import { SIGHTING_DAYS } from './sighting.ts';
import { territoryDays } from './territory-day.ts';

/** The years of the table; outside them the gate is closed. */
export const CALENDAR_YEARS = { first: 2006, last: 2060 } as const;

/** The edition of the holiday table, with that of its second source. */
export const calendarVersion = `2026-11-29.1+${SECOND_SOURCE}`;

/** Bounded by territories × years of the calendar × the numbers of their rules. */
const tables = new Map<string, readonly Holiday[]>();

/** Says whether the holidays of a year are known. */
export function hasCalendar(year: number): boolean {
  return year >= CALENDAR_YEARS.first && year <= CALENDAR_YEARS.last;
}

/** Says whether the law can decide a whole year and the days around its turn. */
export function lawReadyFor(year: number): boolean {
  return isComplete(year) && isComplete(year + 1);
}

const isComplete = (year: number): boolean =>
  hasCalendar(year) && TERRITORIES.every((territory) => holidaysOf(territory, year).length >= 11);

/**
 * Returns the holidays of a territory in a year, by date, under each day's own rules or those of one date; none
 * outside the calendar.
 */
export function holidaysOf(territory: Territory, year: number, rulesOn?: string): readonly Holiday[] {
  if (!hasCalendar(year)) return [];
  const key = `${territory}/${year}/${rulesOn === undefined ? '' : SIGHTING_DAYS.on(rulesOn)}`;
  const known = tables.get(key);
  if (known) return known;
  const table = tableOf(territory, year, rulesOn);
  tables.set(key, table);
  return table;
}

/** The rules for a day, and the people concerned. */
export interface HolidayAsked {
  readonly territories: readonly Territory[];
  /** The choice of WIN-09; the default when absent. */
  readonly goodFriday: GoodFridayChoice | undefined;
  /** The local date of the rules; that of the day itself when absent. */
  readonly rulesOn: string | undefined;
}

/** Returns the holidays of that date in any of the territories, each once. */
export function holidaysOn(on: string, asked: HolidayAsked): readonly Holiday[] {
  const { territories, rulesOn, goodFriday = USUAL_GOOD_FRIDAY.on(rulesOn ?? on) } = asked;
  const year = Number(on.slice(0, 4));
  const found = territories.flatMap((territory) =>
    holidaysOf(territory, year, rulesOn).filter(
      (day) => day.on === on && !(day.mayBeOpen === true && goodFriday === 'open'),
    ),
  );
  return found.filter((day, position) => found.findIndex((other) => other.name === day.name) === position);
}

/** Our table comes first; a day that only the second source has is soft. */
function tableOf(territory: Territory, year: number, rulesOn: string | undefined): readonly Holiday[] {
  const ours = [
    ...nationalDays(year),
    ...territoryDays(territory, year),
    ...customaryDays(territory, year, rulesOn),
  ];
  const dates = new Set(ours.map((day) => day.on));
  const theirs = publicDaysElsewhere(territory, year, dates);
  return [...ours, ...theirs].toSorted((one, other) => one.on.localeCompare(other.on));
}
