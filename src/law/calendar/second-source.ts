import { createRequire } from 'node:module';
import type Holidays from 'date-holidays';
import type { Territory } from '../../rule/index.ts';
import type { Holiday } from './territory-day.ts';

/** Name and version of the second source, as recorded in each decision. */
export const SECOND_SOURCE = 'date-holidays-3.37.0';

/** Loads the library when the first calendar is read, since threads load the law without reading any. */
function loadLibrary(): typeof Holidays {
  const library: unknown = createRequire(import.meta.url)('date-holidays');
  if (!isLibrary(library)) throw new TypeError('date-holidays offers no calendars');
  return library;
}

const isLibrary = (value: unknown): value is typeof Holidays => typeof value === 'function';

/** The library's calendars by territory: reading the data again for each year would be most of the work. */
const calendars = new Map<Territory, Holidays | undefined>();

/**
 * Returns the library's own calendar of a territory, if it has one. The library answers an unknown state with the
 * national list and no error, so each name is looked up first.
 */
function calendarOf(territory: Territory): Holidays | undefined {
  if (!calendars.has(territory)) calendars.set(territory, readCalendar(territory));
  return calendars.get(territory);
}

function readCalendar(territory: Territory): Holidays | undefined {
  const Library = loadLibrary();
  const national = new Library('FR');
  const state = territory.replace('FR-', '');
  if (territory === 'FR') return national;
  if (Object.hasOwn(national.getStates('FR'), state)) return new Library('FR', state);
  return Object.hasOwn(national.getCountries(), state) ? new Library(state) : undefined;
}

/** Says whether the second source knows a territory under its own name. */
export function isKnownElsewhere(territory: Territory): boolean {
  return calendarOf(territory) !== undefined;
}

/** Returns the public days of the second source as soft days, without the dates in `known`. */
export function publicDaysElsewhere(
  territory: Territory,
  year: number,
  known: ReadonlySet<string> = new Set(),
): readonly Holiday[] {
  const calendar = calendarOf(territory);
  if (!calendar) return [];
  const found = calendar
    .getHolidays(year, 'fr')
    .filter(({ type, date }) => type === 'public' && !known.has(date.slice(0, 10)));
  // Most years have none, and reading a year takes 2 ms in each language.
  if (found.length === 0) return [];
  const english = new Map(calendar.getHolidays(year, 'en').map((day) => [day.date, day.name]));
  return found.map((day) => ({
    on: day.date.slice(0, 10),
    name: day.name,
    nameEn: english.get(day.date) ?? day.name,
    class: 'soft',
    source: SECOND_SOURCE,
  }));
}
