import { DateTime } from 'luxon';
import { type Territory, TERRITORIES, localDate, type GoodFridayChoice } from '../../rule/index.ts';
import { USUAL_GOOD_FRIDAY } from '../chapters/recipient.ts';
import { SIGHTING_DAYS, type Holiday, nationalDays, territoryDays } from './territory-day.ts';
import { SECOND_SOURCE, publicDaysElsewhere } from './second-source.ts';

/** The years of the table; outside them the gate is closed. */
export const CALENDAR_YEARS = { first: 2006, last: 2060 } as const;

/** The edition of the holiday table, with that of its second source. */
export const calendarVersion = `2026-11-29.1+${SECOND_SOURCE}`;

/** Computed tables; at most one for each territory, year and value of `SIGHTING_DAYS`. */
const tables = new Map<string, readonly Holiday[]>();

/** Says whether the holidays of a year are known. */
export function hasCalendar(year: number): boolean {
  return year >= CALENDAR_YEARS.first && year <= CALENDAR_YEARS.last;
}

/** Says whether the holidays of a year and of the next one are known in every territory. */
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
  const table = buildTable(territory, year, rulesOn);
  tables.set(key, table);
  return table;
}

/** The territories and the choices that decide which days are holidays. */
interface HolidayQuestion {
  readonly territories: readonly Territory[];
  /** The choice of WIN-09; the default when absent. */
  readonly goodFriday: GoodFridayChoice | undefined;
  /** The local date of the rules; that of the day itself when absent. */
  readonly rulesOn: string | undefined;
}

/** Returns the holidays of that date in any of the territories, each once. */
export function holidaysOn(on: string, question: HolidayQuestion): readonly Holiday[] {
  const { territories, rulesOn, goodFriday = USUAL_GOOD_FRIDAY.on(rulesOn ?? on) } = question;
  const year = Number(on.slice(0, 4));
  const found = territories.flatMap((territory) =>
    holidaysOf(territory, year, rulesOn).filter(
      (day) => day.on === on && !(day.mayBeOpen === true && goodFriday === 'open'),
    ),
  );
  return found.filter((day, index) => found.findIndex((other) => other.name === day.name) === index);
}

/** Builds the table from our own days, then those that only the second source has, which are soft. */
function buildTable(territory: Territory, year: number, rulesOn: string | undefined): readonly Holiday[] {
  const own = [
    ...nationalDays(year),
    ...territoryDays(territory, year),
    ...customaryDays(territory, year, rulesOn),
  ];
  const dates = new Set(own.map((day) => day.on));
  const others = publicDaysElsewhere(territory, year, dates);
  return [...own, ...others].toSorted((one, other) => one.on.localeCompare(other.on));
}

const SOURCE = 'Mayotte, usage (date calculée, calendrier Umm al-Qura)';

/** Month and day of the Hijri year; name in French and English. */
const feastNames: Readonly<Record<string, readonly [string, string]>> = {
  '3/12': ['Maoulid', 'Mawlid'],
  '7/27': ['Miradji', 'Isra and Mi’raj'],
  '10/1': ['Id-el-Fitr', 'Eid al-Fitr'],
  '12/10': ['Id-el-Kabir', 'Eid al-Adha'],
};

const hijri = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura', {
  month: 'numeric',
  day: 'numeric',
  timeZone: 'UTC',
});

/** Returns month and day of a bare date in the Hijri year, as `month/day`. */
function hijriDay(day: DateTime): string {
  const parts = hijri.formatToParts(day.toMillis());
  const part = (type: string): string => parts.find((item) => item.type === type)?.value ?? '';
  return `${part('month')}/${part('day')}`;
}

const SIGHTING_SHIFTS = SIGHTING_DAYS.map((margin) =>
  Array.from({ length: 2 * margin + 1 }, (_, days) => days - margin),
);

/**
 * Returns the days that Mayotte keeps by custom, which follow the moon. No text fixes them and the code leaves them to
 * usage, so they are soft; the moon may be seen a day sooner or later than computed, so each possible day is listed,
 * by the rules of that day or of `rulesOn`.
 */
function customaryDays(territory: Territory, year: number, rulesOn?: string): readonly Holiday[] {
  if (territory !== 'YT') return [];
  const first = DateTime.utc(year, 1, 1);
  return Array.from({ length: first.daysInYear ?? 0 }, (_, days) => first.plus({ days })).flatMap((day) =>
    feastsOn(day, rulesOn ?? localDate(day)),
  );
}

/** Returns the feasts that may fall on a day. */
const feastsOn = (day: DateTime, rulesOn: string): readonly Holiday[] =>
  SIGHTING_SHIFTS.on(rulesOn).flatMap((days) => {
    const names = feastNames[hijriDay(day.minus({ days }))];
    if (names === undefined) return [];
    const [name, nameEn] = names;
    const feast = { on: localDate(day), class: 'soft' as const, source: SOURCE };
    return days === 0
      ? [{ ...feast, name, nameEn }]
      : [{ ...feast, name: `${name} (selon la lune)`, nameEn: `${nameEn} (if the moon says so)` }];
  });

/** Days before the end of the calendar at which the alarm begins: more than a year before readiness fails. */
const ALARM_DAYS = 800;

const END = DateTime.utc(CALENDAR_YEARS.last + 1);

/** Returns the whole days until the end of the last year with known public holidays. */
export function calendarDaysLeft(now: DateTime): number {
  return Math.floor(END.diff(now, 'days').days);
}

/**
 * Returns a warning for the operator of the instance when the calendar nears its end; undefined while that is far
 * off.
 */
export function calendarAlarm(now: DateTime): string | undefined {
  const days = calendarDaysLeft(now);
  if (days >= ALARM_DAYS) return undefined;
  return `Public holidays are known until the end of ${CALENDAR_YEARS.last}, for ${days} more days: install a newer version.`;
}

/** Returns the first day after a day that is Monday to Friday and no holiday for these people. */
export function nextWorkingDay(day: DateTime, people: Omit<HolidayQuestion, 'rulesOn'>): DateTime {
  const next = day.startOf('day').plus({ days: 1 });
  const isOff = next.weekday > 5 || holidaysOn(localDate(next), { ...people, rulesOn: undefined }).length > 0;
  return isOff ? nextWorkingDay(next, people) : next;
}
