import { DateTime } from 'luxon';
import { longestCell } from './cell-bounds.ts';
import { remembered } from '../../platform/remembered.ts';

/** The result of reading a date. */
export type TypedDate =
  | {
      readonly kind: 'date';
      /** ISO instant with the offset of that day; midnight without an hour. */
      readonly at: string;
      /** `YYYY-MM-DD` as typed. */
      readonly on: string;
    }
  | { readonly kind: 'unreadable'; readonly code: 'DATE_INVALID' | 'DATE_AMBIGUOUS' };

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const DAY_FIRST =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:(?:,?\s+|T)(?:à\s*)?(\d{1,2})\s*[:hH]\s*(\d{2})?(?::(\d{2}))?)?$/;
/** A two-digit year is ambiguous. */
const SHORT_YEAR = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?!\d)/;

/** The common form, which needs no tidying. */
const ONE_SPACED = /^[!-~]+(?: [!-~]+)*$/;

/** Reads a date: ISO, or day first; month first is never guessed. */
export function typedDate(text: string, timeZone: string): TypedDate {
  const cell = ONE_SPACED.test(text) ? text : text.replaceAll(/\s+/g, ' ').trim();
  if (ISO.test(cell)) return isoDate(cell, timeZone);
  const parts: (string | undefined)[] | null = DAY_FIRST.exec(cell);
  if (parts === null) return unreadable(SHORT_YEAR.test(cell) ? 'DATE_AMBIGUOUS' : 'DATE_INVALID');
  const [, day, month, year, hour, minute, second] = parts.map((part) => Number(part ?? 0));
  if (monthFirst(Number(day), Number(month))) return unreadable('DATE_AMBIGUOUS');
  const wall = { year, month, day, hour, minute, second };
  return plainDate(wall, timeZone) ?? dateOf(DateTime.fromObject(wall, { zone: timeZone }));
}

/** No date is longer, however it is spaced. */
const LONGEST_DATE = longestCell('grantedAt');

/** Says whether a date can only have its month first. */
export function isMonthFirst(text: string): boolean {
  if (text.length > LONGEST_DATE) return false;
  const parts = DAY_FIRST.exec(text.trim());
  return parts !== null && monthFirst(Number(parts[1]), Number(parts[2]));
}

/** Says whether day and month of a date can be exchanged and still be a date. */
export function couldBeMonthFirst(text: string): boolean {
  const parts = DAY_FIRST.exec(text.trim());
  return parts !== null && Number(parts[1]) <= 12 && parts[1] !== parts[2];
}

const monthFirst = (first: number, second: number): boolean =>
  first >= 1 && first <= 12 && second > 12 && second <= 31;

type WallPart = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';
type Wall = Readonly<Record<WallPart, number | undefined>>;

/** Days by zone without a clock change, with the offset of the whole day. */
const dayOffset = remembered(20_000, (zoneAndDay) => {
  const [zone = '', day = ''] = zoneAndDay.split(' ');
  const midnight = DateTime.fromISO(day, { zone });
  const isPlain = midnight.hour === 0 && midnight.offset === midnight.plus({ days: 1 }).offset;
  const offset = midnight.isValid && isPlain ? midnight.toISO({ suppressMilliseconds: true }).slice(19) : '';
  return offset.length > 6 ? '' : offset;
});

/** Computes a local time of such a day directly; undefined when it needs the calendar. */
function plainDate({ year, month, day, hour = 0, minute = 0, second = 0 }: Wall, zone: string) {
  const on = `${year ?? 0}-${two(month ?? 0)}-${two(day ?? 0)}`;
  const offset = isClockTime([hour, minute, second]) && isNear(year) ? dayOffset(`${zone} ${on}`) : '';
  if (offset === '') return undefined;
  return { kind: 'date', on, at: `${on}T${two(hour)}:${two(minute)}:${two(second)}${offset}` } as const;
}

const isClockTime = ([hour = 0, minute = 0, second = 0]: readonly number[]): boolean =>
  hour <= 23 && minute <= 59 && second <= 59;

const isNear = (year = 0): boolean => year >= 1900 && year <= 2200;

const two = (value: number): string => String(value).padStart(2, '0');

/** An ISO date without offset and fractions. */
const ISO_WALL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/i;

function isoDate(cell: string, timeZone: string): TypedDate {
  const parts: (string | undefined)[] = ISO_WALL.exec(cell) ?? [];
  const [, year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0));
  return plainDate({ year, month, day, hour, minute, second }, timeZone) ?? anyIsoDate(cell, timeZone);
}

const anyIsoDate = (cell: string, zone: string): TypedDate =>
  dateOf(DateTime.fromISO(cell.replace(/^(\S+) (?=\d)/, '$1T').replaceAll(' ', ''), { zone, setZone: true }));

/** In minutes: no clock on Earth is further from UTC, and PostgreSQL accepts no offset beyond sixteen hours. */
export const FURTHEST_OFFSET = 14 * 60;

function dateOf(moment: DateTime<true> | DateTime<false>): TypedDate {
  if (!moment.isValid || !isNear(moment.year) || Math.abs(moment.offset) > FURTHEST_OFFSET)
    return unreadable('DATE_INVALID');
  return {
    kind: 'date',
    at: moment.toISO({ suppressMilliseconds: true }),
    on: moment.toFormat('yyyy-MM-dd'),
  };
}

const unreadable = (code: 'DATE_INVALID' | 'DATE_AMBIGUOUS'): TypedDate => ({ kind: 'unreadable', code });

/** Says whether a day has not begun in that zone; a date typed with an offset is read in it. */
export const isToCome = (
  { on, at }: Extract<TypedDate, { kind: 'date' }>,
  { today, timeZone }: { readonly today: string; readonly timeZone: string },
): boolean => on > today && DateTime.fromISO(at, { zone: timeZone }).toFormat('yyyy-MM-dd') > today;
