import { DateTime } from 'luxon';

const MONTHS = [
  'janvier|january|janv|jan',
  'fevrier|february|fevr|fev|feb',
  'mars|march',
  'avril|april|avr|apr',
  'mai|may',
  'juin|june',
  'juillet|july|juil',
  'aout|august|aug',
  'septembre|september|sept?',
  'octobre|october|oct',
  'novembre|november|nov',
  'decembre|december|dec',
] as const;

/** Full names: an abbreviation before a number is no month in English. */
const ENGLISH = 'january|february|march|april|may|june|july|august|september|october|november|december';

const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const ORDINAL = '(?:er|st|nd|rd|th)?';
const YEAR = '(?:\\d{4}|\\d{2})';

/** Fractions and opening hours that look like days, unless an article stands before them. */
const NO_DATE = "(?<!(?:le|du|au|jusqu'au|avant le|on|until|by) )(?:24/7|7/7|1/2|1/3|1/4|2/3|3/4)(?![/\\d])";

/** How people write a date, over letters without accents or capitals. */
export const DATE_FORMS: readonly RegExp[] = [
  new RegExp(`(?<![\\d/.€,])(?!${NO_DATE})${DAY}/${MONTH}(?:/${YEAR})?(?![\\d/])`, 'gu'),
  new RegExp(`(?<![\\d.-])${DAY}([.-])${MONTH}\\1${YEAR}(?![\\d.-]\\d|\\d)`, 'gu'),
  new RegExp(`(?<![\\d-])20\\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])(?![\\d-])`, 'gu'),
  new RegExp(
    `(?<![\\p{L}\\p{N}])${DAY}${ORDINAL} (?:of )?(?:${MONTHS.join('|')})(?![\\p{L}\\p{N}])(?: \\d{4}(?!\\d))?`,
    'gu',
  ),
  new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${ENGLISH}) ${DAY}${ORDINAL}(?![\\p{L}\\p{N}:%€])(?:,? \\d{4}(?!\\d))?`,
    'gu',
  ),
];

/** The day that such words name; the nearest one when no year is written. */
export function writtenDate(words: string, startsOn: DateTime<true>): DateTime {
  const bare = words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const numbers = (bare.match(/\d+/g) ?? []).map(Number);
  const name = bare.match(/(?!er\b|st\b|nd\b|rd\b|th\b|of\b)(?<![\p{L}\d])[a-z]+/u)?.[0];
  if (name !== undefined) {
    const month = MONTHS.findIndex((names) => new RegExp(`^(?:${names})$`).test(name)) + 1;
    const [day = 1, year] = numbers;
    return nearest(startsOn, { day, month, year });
  }
  const [first = 1, second = 1, third] = numbers;
  return first > 31
    ? nearest(startsOn, { year: first, month: second, day: third ?? 1 })
    : nearest(startsOn, { day: first, month: second, year: third });
}

/** A date more than two months gone is next year's; a nearer one is simply past. */
const PAST_MONTHS = 2;

function nearest(
  startsOn: DateTime<true>,
  { day, month, year }: { day: number; month: number; year: number | undefined },
): DateTime {
  if (year !== undefined) return DateTime.utc(year < 100 ? 2000 + year : year, month, day);
  const thisYear = DateTime.utc(startsOn.year, month, day);
  return thisYear < startsOn.minus({ months: PAST_MONTHS }) ? thisYear.plus({ years: 1 }) : thisYear;
}
