import { DateTime } from 'luxon';

import { DATE_FORMS, writtenDate } from './written-date.ts';
import { namesNoDay } from './named-place.ts';
import { type Hit, hits } from './word-list.ts';

/** A day that a text names, and the last day on which it may leave. */
export interface StaleWord extends Hit {
  /** Local date `YYYY-MM-DD`; leaving later makes the words false. */
  readonly trueUntil: string;
  /** Whether the words mean another day when they are read on another day. */
  readonly sense: 'relative' | 'date';
}

type LastDay = (startsOn: DateTime<true>, hit: Hit) => DateTime;

interface Kind {
  readonly pattern: RegExp;
  readonly lastDay: LastDay;
  readonly sense: StaleWord['sense'];
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

const word = (words: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'gu');

const sameDay: LastDay = (startsOn) => startsOn;
const endOfWeek: LastDay = (startsOn) => startsOn.plus({ days: 7 - startsOn.weekday });
const endOfMonth: LastDay = (startsOn) => startsOn.endOf('month');

/** Words that are true of one day, from the day on which the message is meant to leave. */
const KINDS: readonly Kind[] = [
  {
    pattern: word(
      [
        "ce (?:soir|matin|midi|jour)|cet(?:te)? (?:apres[- ]midi|nuit)|aujourd'hui|demain|apres[- ]demain|hier|avant[- ]hier",
        "tout a l'heure|dans (?:une|\\d+) heures?|derniers? jours?|dernieres? heures?|plus que \\d+ (?:jours?|heures?|h)|[jd] ?- ?\\d{1,2}",
        // « livraison sous 48h », « 24h/24 », « annulation jusqu'à 24h avant » are true of any day.
        '(?:pendant|valables?|durant|plus que|encore|offres?|soldes|ventes? flash|only|for|next) (?:24|48|72) ?h(?:eures?|ours?)?|(?:24|48|72) ?h(?:eures?)? (?:chrono|seulement)',
        'today|tonight|tomorrow|yesterday|this (?:morning|afternoon|evening)|last (?:day|hours?|chance today)',
      ].join('|'),
    ),
    lastDay: sameDay,
    sense: 'relative',
  },
  {
    pattern: word(
      '(?:ce|cette|en cette fin de) (?:week[- ]?end|semaine)|cette fin de semaine|(?:semaine|week[- ]?end) prochaine?|this week(?:[- ]?end)?|next week(?:[- ]?end)?',
    ),
    lastDay: endOfWeek,
    sense: 'relative',
  },
  {
    pattern: word('ce mois(?:[- ]ci)?|fin du mois|mois prochain|this month|next month|end of the month'),
    lastDay: endOfMonth,
    sense: 'relative',
  },
  { pattern: word(WEEKDAYS.flat().join('|')), lastDay: nextWeekday, sense: 'relative' },
  {
    pattern:
      /(?<=(?:jusqu'au|avant le|until the|before the) )(?:[12]\d|3[01]|[1-9])(?:er|st|nd|rd|th)?(?= ?(?:[.!,;?)](?!\d)|$|inclus|minuit|\d{1,2}h|a \d))/gu,
    lastDay: nextDayOfMonth,
    sense: 'date',
  },
  ...DATE_FORMS.map((pattern) => ({
    pattern,
    lastDay: (startsOn: DateTime<true>, { words }: Hit) => writtenDate(words, startsOn),
    sense: 'date' as const,
  })),
];

/**
 * The days that a text names.
 *
 * `startsOn` is the local date on which the message is meant to leave first. Of a range
 * ("du 10/06 au 15/06", "from Monday to Friday") only the end counts; of "mercredi 24 juin"
 * only the date; a street or a day of opening counts for nothing.
 */
export function staleWords(text: string, startsOn: string): readonly StaleWord[] {
  const first = DateTime.fromISO(startsOn, { zone: 'utc' });
  if (!first.isValid) return [];
  return KINDS.flatMap(({ pattern, lastDay, sense }) =>
    hits(text, pattern)
      .filter((hit) => !namesNoDay(text, hit))
      .map((hit) => ({ hit, sense, last: lastDay(first, hit) }))
      // A year long gone is a street or an anniversary.
      .filter(({ last }) => last.isValid && last.year >= first.year - 1)
      .map(({ hit: { at, words }, last, sense: meant }) => ({
        at,
        words,
        sense: meant,
        trueUntil: last.toISODate() ?? startsOn,
      })),
  ).toSorted((a, b) => a.at - b.at);
}

function nextWeekday(startsOn: DateTime<true>, { words }: Hit): DateTime {
  const wanted = WEEKDAYS.findIndex((names) => names.includes(words.toLowerCase())) + 1;
  return startsOn.plus({ days: (wanted - startsOn.weekday + 7) % 7 });
}

/** "Jusqu'au 24": of this month, or of the next when it has passed. */
function nextDayOfMonth(startsOn: DateTime<true>, { words }: Hit): DateTime {
  const day = Number.parseInt(words, 10);
  const month = day < startsOn.day ? startsOn.plus({ months: 1 }) : startsOn;
  return DateTime.utc(month.year, month.month, day);
}
