import type { Language } from '../law/rule.ts';
import { field } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { figureIn, momentIn, momentSaid, type Reading } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'À appeler',
    lead: 'Personne ne les a prévenus et aucun SMS ne partira, ou leur réponse demande quelqu’un : téléphonez-leur.',
    from: 'Du',
    to: 'au',
    show: 'Voir',
    nobody: 'Personne à appeler',
    told: 'tout le monde est prévenu, ou le sera.',
    until: 'jusqu’au',
    following: 'Voici les jours suivants, jusqu’au',
    partly: 'Il y a plus de réservations que cette page n’en lit : choisissez moins de jours.',
    rest: 'Et d’autres, plus tard ; choisissez moins de jours pour les voir :',
    when: 'Quand',
    phone: 'Téléphone',
    practice: 'Lieu',
    reference: 'Référence',
    why: 'Pourquoi',
    call: 'Téléphoner à',
  },
  en: {
    title: 'To call',
    lead: 'Nobody told them and no SMS will, or their answer asks for somebody: phone them.',
    from: 'From',
    to: 'to',
    show: 'Show',
    nobody: 'No one to call',
    told: 'everyone has been told, or will be.',
    until: 'until',
    following: 'Here are the days that follow, until',
    partly: 'There are more bookings than this page reads: choose fewer days.',
    rest: 'And others, later; choose fewer days to see them:',
    when: 'When',
    phone: 'Phone',
    practice: 'Place',
    reference: 'Reference',
    why: 'Why',
    call: 'Phone',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** Somebody whom nobody told. */
interface Unreached {
  readonly seriesId: string;
  readonly externalId: string | null;
  readonly startsAt?: string | undefined;
  readonly refuseBy?: string | null | undefined;
  readonly practice: string | null;
  readonly phone: string | null;
  readonly because: { readonly text: string };
}

interface CallList {
  /** Soonest first. */
  readonly items: readonly Unreached[];
  /** Whether every booking of those days was looked at. */
  readonly isWhole: boolean;
}

interface Days {
  readonly from: string;
  readonly to: string;
}

/** A list is read by people; who comes later is counted. */
const MOST_ROWS = 500;

/** Whom to phone, and why; it is made to be printed. */
export function toCallPage(
  reading: Reading,
  {
    from,
    to,
    list,
    later,
  }: Days & {
    readonly list: CallList;
    /** The days that follow, where nobody is to be called in those that are usual. */
    readonly later: (CallList & Days) | undefined;
  },
): ConsolePage {
  const words = WORDS[reading.language];
  const shown = later ?? list;
  const columns = [words.when, words.phone, words.practice, words.reference, words.why].map((head) => ({
    head,
  }));
  const rows = shown.items.slice(0, MOST_ROWS).map((one) => rowOf(one, reading));
  const rest = shown.items.length - rows.length;
  return {
    title: words.title,
    main: `<p>${words.lead}</p>
<form method="get" action="/console/to-call" class="acts">${field({ name: 'from', label: words.from, type: 'date', value: from })}${field({ name: 'to', label: words.to, type: 'date', value: to })}<button>${words.show}</button></form>
${shown.isWhole ? '' : `<p class="alert">${words.partly}</p>`}
${later === undefined || rows.length === 0 ? '' : `<p class="note">${escaped(nobodyUntil(to, reading))}. ${words.following} ${momentIn(later.to, reading)}.</p>`}
${tableOf({ caption: words.title, columns, rows, empty: emptySaid({ from, to }, { later, isWhole: shown.isWhole, reading }) })}
${rest === 0 ? '' : `<p class="note">${words.rest} ${figureIn(rest, reading.language)}.</p>`}`,
  };
}

const nobodyUntil = (to: string, reading: Reading): string =>
  `${WORDS[reading.language].nobody} ${WORDS[reading.language].until} ${momentSaid(to, reading)}`;

/** That everybody is told is said of days alone that were looked at whole, as far as is usual. */
function emptySaid(
  { from, to }: Days,
  {
    later,
    isWhole,
    reading,
  }: { readonly later: Days | undefined; readonly isWhole: boolean; readonly reading: Reading },
): string {
  const words = WORDS[reading.language];
  const colon = reading.language === 'fr' ? ' :' : ':';
  if (later !== undefined && isWhole) return `${nobodyUntil(later.to, reading)}${colon} ${words.told}`;
  const days = [words.from, momentSaid(from, reading), words.to, momentSaid(to, reading)].join(' ');
  return `${words.nobody}, ${days.charAt(0).toLowerCase()}${days.slice(1)}.`;
}

function rowOf(one: Unreached, reading: Reading): readonly string[] {
  const { seriesId, externalId, startsAt, refuseBy, practice, phone, because } = one;
  return [
    momentIn(startsAt ?? refuseBy, reading),
    phoneCell(phone, reading.language),
    escaped(practice ?? '–'),
    `<a href="/console/series/${seriesId}">${escaped(externalId ?? '–')}</a>`,
    escaped(because.text),
  ];
}

/** A masked number calls nobody. */
function phoneCell(phone: string | null, language: Language): string {
  if (phone === null) return '–';
  if (!/^\+\d+$/.test(phone)) return escaped(phone);
  return `<a href="tel:${phone}" aria-label="${WORDS[language].call} ${phone}">${phone}</a>`;
}
