import { DateTime } from 'luxon';
import { hits, folded, type Hit } from './word-list.ts';

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

/** Full names only: in English, an abbreviation before a number may be another word. */
const ENGLISH = 'january|february|march|april|may|june|july|august|september|october|november|december';

const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const MONTH = '(?:0?[1-9]|1[0-2])';
const ORDINAL = '(?:er|st|nd|rd|th)?';
const YEAR = '(?:\\d{4}|\\d{2})';

/** Fractions and opening hours that look like days, unless an article precedes them. */
const NO_DATE = "(?<!(?:le|du|au|jusqu'au|avant le|on|until|by) )(?:24/7|7/7|1/2|1/3|1/4|2/3|3/4)(?![/\\d])";

/** The forms of a written date, over letters without accents or capitals. */
const DATE_FORMS: readonly RegExp[] = [
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

/** A date more than two months gone is next year's; a nearer one is simply past. */
const PAST_MONTHS = 2;

/** Streets, squares and schools named after dates: "rue du 8 mai 1945", "place du 11 novembre". */
const STREET =
  /(?:\b(?:rue|r\.|avenue|ave?\.?|boulevard|bo?u?l?v?d\.?|place|pl\.?|quai|cours|square|allees?|esplanade|impasse|passage|chemin|route|faubourg|rond[- ]point|pont|parc|jardin|residence|cite|caserne|stade|salle|lycee|college|ecole|station|arret|metro|tram|quartier|stele|monument|mail|villa|promenade|port)\s+(?:de la |du |des |de |le )?)$/;

/** Opening hours: "ouvert du lundi au samedi", "fermé le lundi", "tous les jeudis" are true of any week. */
const EVERY_WEEK =
  /(?<![\p{L}\w])(?:ouvert\p{L}*|fermee?s?|ouverture|horaires?|permanences?|accueil|boutique ouverte|tous|toutes|chaque|every|open|closed|opening hours|sauf)(?:\s*:)?(?:\s+(?:le|les|on|du \p{L}+ au|\p{L}+ (?:a|et|to|and)|from \p{L}+ to)){0,6}\s+$/u;

/** Names of sales and feasts that end with a weekday. */
const NAMED_DAY = /\b(?:black|cyber|good|fat|ash|mega|super)\s+$/;

const WEEKDAY_ALONE =
  /^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$/;

/** Words of a text that name a day, and the last day on which they are true. */
export interface StaleWord extends Hit {
  /** Local date `YYYY-MM-DD` after which the words are false. */
  readonly trueUntil: string;
  /** `relative` when the words name another day if they are read on another day: « demain ». */
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

const wholeWords = (words: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})(?![\\p{L}\\p{N}])`, 'gu');

const sameDay: LastDay = (startsOn) => startsOn;
const endOfWeek: LastDay = (startsOn) => startsOn.plus({ days: 7 - startsOn.weekday });
const endOfMonth: LastDay = (startsOn) => startsOn.endOf('month');

/** Words that name a day, and how to compute the last day on which they are true. */
const KINDS: readonly Kind[] = [
  {
    pattern: wholeWords(
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
    pattern: wholeWords(
      '(?:ce|cette|en cette fin de) (?:week[- ]?end|semaine)|cette fin de semaine|(?:semaine|week[- ]?end) prochaine?|this week(?:[- ]?end)?|next week(?:[- ]?end)?',
    ),
    lastDay: endOfWeek,
    sense: 'relative',
  },
  {
    pattern: wholeWords(
      'ce mois(?:[- ]ci)?|fin du mois|mois prochain|this month|next month|end of the month',
    ),
    lastDay: endOfMonth,
    sense: 'relative',
  },
  { pattern: wholeWords(WEEKDAYS.flat().join('|')), lastDay: nextWeekday, sense: 'relative' },
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
 * Finds the days that a text names. `startsOn` is the local date of the first sending. Of a range ("du 10/06 au
 * 15/06", "from Monday to Friday") only the end counts; of "mercredi 24 juin" only the date; a street or a day of
 * opening is ignored.
 */
export function staleWords(text: string, startsOn: string): readonly StaleWord[] {
  const first = DateTime.fromISO(startsOn, { zone: 'utc' });
  if (!first.isValid) return [];
  return KINDS.flatMap(({ pattern, lastDay, sense }) =>
    hits(text, pattern)
      .filter((hit) => !namesNoDay(text, hit))
      .map((hit) => ({ hit, sense, last: lastDay(first, hit) }))
      // A year before last year names a street or an anniversary.
      .filter(({ last }) => last.isValid && last.year >= first.year - 1)
      .map(({ hit: { at, words }, last, sense: kind }) => ({
        at,
        words,
        sense: kind,
        trueUntil: last.toISODate() ?? startsOn,
      })),
  ).toSorted((a, b) => a.at - b.at);
}

function nextWeekday(startsOn: DateTime<true>, { words }: Hit): DateTime {
  const wanted = WEEKDAYS.findIndex((names) => names.includes(words.toLowerCase())) + 1;
  return startsOn.plus({ days: (wanted - startsOn.weekday + 7) % 7 });
}

/** Returns the day of "jusqu'au 24": this month's, or next month's when it has passed. */
function nextDayOfMonth(startsOn: DateTime<true>, { words }: Hit): DateTime {
  const day = Number.parseInt(words, 10);
  const month = day < startsOn.day ? startsOn.plus({ months: 1 }) : startsOn;
  return DateTime.utc(month.year, month.month, day);
}

/** Says whether words that look like a day name none: a street, the start of a range, an opening day. */
function namesNoDay(text: string, { at, words }: Hit): boolean {
  const bare = folded(text);
  const before = bare.slice(Math.max(0, at - 60), at);
  const after = bare.slice(at + words.length, at + words.length + 30);
  if (STREET.test(before) || opensRange(before, after)) return true;
  if (!WEEKDAY_ALONE.test(bare.slice(at, at + words.length))) return false;
  return isDated(after) || NAMED_DAY.test(before) || isOpening(before);
}

/** Says whether the words begin a range, as "du 10/06 au …" or "from Monday to …": its end alone counts. */
const opensRange = (before: string, after: string): boolean =>
  /(?:\bdu|\bfrom|\bentre le)\s+$/.test(before) && /^\s+(?:au|to|until|et le)\b/.test(after);

/** Says whether a date follows a weekday, as in "mercredi 24 juin": the date alone counts. */
const isDated = (after: string): boolean =>
  /^,? (?:le |the )?(?:0?[1-9]|[12]\d|3[01])(?:er|st|nd|rd|th)?(?:[/.-]\d| \p{L}{3,9}\b(?<! heures?))/u.test(
    after,
  );

/** Says whether the words announce weekly opening hours; "ouvert dimanche", without an article, is one Sunday. */
const isOpening = (before: string): boolean =>
  EVERY_WEEK.test(before) && !/(?:ouvert\p{L}{0,9}|fermee?s?|open|closed)\s+$/u.test(before);

/** Returns the day of a written date; without a year, the next such day or one at most two months past. */
function writtenDate(words: string, startsOn: DateTime<true>): DateTime {
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

function nearest(
  startsOn: DateTime<true>,
  { day, month, year }: { day: number; month: number; year: number | undefined },
): DateTime {
  if (year !== undefined) return DateTime.utc(year < 100 ? 2000 + year : year, month, day);
  const thisYear = DateTime.utc(startsOn.year, month, day);
  return thisYear < startsOn.minus({ months: PAST_MONTHS }) ? thisYear.plus({ years: 1 }) : thisYear;
}
