import { DateTime } from 'luxon';

/** What a date in a file turned out to be. */
export type TypedDate =
  | {
      readonly kind: 'date';
      /** ISO instant with the offset of that day; midnight when no hour was typed. */
      readonly at: string;
      /** `YYYY-MM-DD` as typed. */
      readonly on: string;
    }
  | { readonly kind: 'unreadable'; readonly code: 'DATE_INVALID' | 'DATE_AMBIGUOUS' };

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const DAY_FIRST =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:(?:,?\s+|T)(?:à\s*)?(\d{1,2})\s*[:hH]\s*(\d{2})?(?::(\d{2}))?)?$/;
/** Two digits for the year: which of the three is it? */
const SHORT_YEAR = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?!\d)/;

/** Reads a date as typed: ISO, or day first; month first is never guessed. */
export function typedDate(text: string, timeZone: string): TypedDate {
  const cell = text.replaceAll(/\s+/g, ' ').trim();
  if (ISO.test(cell)) return isoDate(cell, timeZone);
  const parts: (string | undefined)[] | null = DAY_FIRST.exec(cell);
  if (parts === null) return unreadable(SHORT_YEAR.test(cell) ? 'DATE_AMBIGUOUS' : 'DATE_INVALID');
  const [, day, month, year, hour, minute, second] = parts.map((part) => Number(part ?? 0));
  if (monthFirst(Number(day), Number(month))) return unreadable('DATE_AMBIGUOUS');
  return dateOf(DateTime.fromObject({ year, month, day, hour, minute, second }, { zone: timeZone }));
}

/** Whether a date can only have been typed with its month first. */
export function isMonthFirst(text: string): boolean {
  const parts = DAY_FIRST.exec(text.trim());
  return parts !== null && monthFirst(Number(parts[1]), Number(parts[2]));
}

/** Whether day and month of a typed date could be exchanged and still be a date. */
export function couldBeMonthFirst(text: string): boolean {
  const parts = DAY_FIRST.exec(text.trim());
  return parts !== null && Number(parts[1]) <= 12 && parts[1] !== parts[2];
}

const monthFirst = (first: number, second: number): boolean =>
  first >= 1 && first <= 12 && second > 12 && second <= 31;

const isoDate = (cell: string, zone: string): TypedDate =>
  dateOf(DateTime.fromISO(cell.replace(/^(\S+) (?=\d)/, '$1T').replaceAll(' ', ''), { zone, setZone: true }));

function dateOf(moment: DateTime<true> | DateTime<false>): TypedDate {
  if (!moment.isValid || moment.year < 1900 || moment.year > 2200) return unreadable('DATE_INVALID');
  return {
    kind: 'date',
    at: moment.toISO({ suppressMilliseconds: true }),
    on: moment.toFormat('yyyy-MM-dd'),
  };
}

const unreadable = (code: 'DATE_INVALID' | 'DATE_AMBIGUOUS'): TypedDate => ({ kind: 'unreadable', code });
