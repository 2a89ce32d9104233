import { DateTime } from 'luxon';

import { type Hit, hits } from './word-list.ts';

/** A day that a text names, and the last day on which it may leave. */
export interface StaleWord extends Hit {
  /** Local date `YYYY-MM-DD`; leaving later makes the words false. */
  readonly trueUntil: string;
}

type LastDay = (startsOn: DateTime<true>, hit: Hit) => DateTime;

interface Kind {
  readonly pattern: RegExp;
  readonly lastDay: LastDay;
}

const WEEKDAYS: readonly (readonly [string, string])[] = [
  ['lundi', 'monday'],
  ['mardi', 'tuesday'],
  ['mercredi', 'wednesday'],
  ['jeudi', 'thursday'],
  ['vendredi', 'friday'],
  ['samedi', 'saturday'],
  ['dimanche', 'sunday'],
];

const MONTHS = [
  'janvier|january|jan',
  'fevrier|february|fev|feb',
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

const word = (words: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'gu');

const sameDay: LastDay = (startsOn) => startsOn;
const endOfWeek: LastDay = (startsOn) => startsOn.plus({ days: 7 - startsOn.weekday });

/** Words that are true of one day, from the day on which the message is meant to leave. */
const KINDS: readonly Kind[] = [
  {
    pattern: word(
      "ce (?:soir|matin|midi|jour)|cet(?:te)? (?:apres[- ]midi|nuit)|aujourd'hui|demain|apres[- ]demain|hier|avant[- ]hier|tout a l'heure|dans (?:une|\\d+) heures?|derniers? jours?|dernieres? heures?|plus que \\d+ (?:jours?|heures?|h)|(?:24|48|72) ?h(?:eures)?|today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening)|last (?:day|hours?|chance today)",
    ),
    lastDay: sameDay,
  },
  {
    pattern: word(
      '(?:ce|cette|en cette fin de) (?:week[- ]?end|semaine)|cette fin de semaine|this (?:week(?:[- ]?end)?)',
    ),
    lastDay: endOfWeek,
  },
  { pattern: word(WEEKDAYS.flat().join('|')), lastDay: nextWeekday },
  {
    pattern: /(?<![\d/.€,])(?:0?[1-9]|[12]\d|3[01])\/(?:0?[1-9]|1[0-2])(?:\/(?:\d{4}|\d{2}))?(?![\d/])/gu,
    lastDay: numericDate,
  },
  {
    pattern: word(`(?:1er|[1-9]|[12]\\d|3[01]) (?:${MONTHS.join('|')})\\.?(?: \\d{4})?`),
    lastDay: writtenDate,
  },
];

/**
 * The days that a text names.
 *
 * `startsOn` is the local date on which the message is meant to leave first. Of a range
 * ("du 10/06 au 15/06", "from Monday to Friday") only the end counts.
 */
export function staleWords(text: string, startsOn: string): readonly StaleWord[] {
  const first = DateTime.fromISO(startsOn, { zone: 'utc' });
  if (!first.isValid) return [];
  return KINDS.flatMap(({ pattern, lastDay }) =>
    hits(text, pattern)
      .filter((hit) => !opensRange(text, hit))
      .map((hit) => ({
        at: hit.at,
        words: hit.words,
        trueUntil: lastDay(first, hit).toISODate() ?? startsOn,
      })),
  ).toSorted((a, b) => a.at - b.at);
}

/** "du 10/06 au …", "from Monday to …": the beginning of a range says nothing of its end. */
function opensRange(text: string, { at, words }: Hit): boolean {
  return (
    /(?:\bdu|\bfrom|\bentre le)\s+$/i.test(text.slice(0, at)) &&
    /^\s+(?:au|to|until|et le)\b/i.test(text.slice(at + words.length))
  );
}

function nextWeekday(startsOn: DateTime<true>, { words }: Hit): DateTime {
  const wanted = WEEKDAYS.findIndex((names) => names.includes(words.toLowerCase())) + 1;
  return startsOn.plus({ days: (wanted - startsOn.weekday + 7) % 7 });
}

function numericDate(startsOn: DateTime<true>, { words }: Hit): DateTime {
  const [day = 1, month = 1, year] = words.split('/').map(Number);
  return nearest(startsOn, { day, month, year });
}

function writtenDate(startsOn: DateTime<true>, { words }: Hit): DateTime {
  const [day = '', name = '', year] = words.split(' ');
  const bare = name
    .normalize('NFD')
    .replace(/\p{M}|\./gu, '')
    .toLowerCase();
  const month = MONTHS.findIndex((names) => new RegExp(`^(?:${names})$`).test(bare)) + 1;
  return nearest(startsOn, {
    day: Number.parseInt(day, 10),
    month,
    year: year === undefined ? undefined : Number(year),
  });
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
