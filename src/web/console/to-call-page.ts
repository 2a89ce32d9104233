import { html, type Part } from '../../platform/index.ts';
import { field } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { figureIn, momentIn, momentSaid, type Reading } from './moment-page.ts';
import { tableOf } from './table-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A person whom no message reached. */
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
  /** True when every booking of those days was examined. */
  readonly isWhole: boolean;
}

interface Days {
  readonly from: string;
  readonly to: string;
}

/** A list is for people; later entries are counted only. */
const MOST_ROWS = 500;

/** The page of people to phone, with reasons; it is made to be printed. */
export function toCallPage(
  reading: Reading,
  {
    from,
    to,
    list,
    later,
  }: Days & {
    readonly list: CallList;
    /** The days that follow, where nobody is to be called in the usual ones. */
    readonly later: (CallList & Days) | undefined;
  },
): ConsolePage {
  const words = wordsIn(reading.language).consolePages.toCall;
  const shown = later ?? list;
  const columns = [words.when, words.phone, words.practice, words.reference, words.why].map((head) => ({
    head,
  }));
  const rows = shown.items.slice(0, MOST_ROWS).map((one) => rowOf(one, reading));
  const rest = shown.items.length - rows.length;
  return {
    title: words.title,
    main: html`<p>${words.lead}</p>
<form method="get" action="/console/to-call" class="acts">${field({ name: 'from', label: words.from, type: 'date', value: from })}${field({ name: 'to', label: words.to, type: 'date', value: to })}<button>${words.show}</button></form>
${shown.isWhole ? '' : html`<p class="alert">${words.partly}</p>`}
${later === undefined || rows.length === 0 ? '' : html`<p class="note">${nobodyUntil(to, reading)}. ${words.following} ${momentIn(later.to, reading)}.</p>`}
${tableOf({ caption: words.title, columns, rows, empty: emptySaid({ from, to }, { later, isWhole: shown.isWhole, reading }) })}
${rest === 0 ? '' : html`<p class="note">${words.rest} ${figureIn(rest, reading.language)}.</p>`}`,
  };
}

const nobodyUntil = (to: string, reading: Reading): string =>
  `${wordsIn(reading.language).consolePages.toCall.nobody} ${wordsIn(reading.language).consolePages.toCall.until} ${momentSaid(to, reading)}`;

/** Only days that were examined completely, as far ahead as usual, are reported as done. */
function emptySaid(
  { from, to }: Days,
  {
    later,
    isWhole,
    reading,
  }: { readonly later: Days | undefined; readonly isWhole: boolean; readonly reading: Reading },
): string {
  const words = wordsIn(reading.language).consolePages.toCall;
  const colon = wordsIn(reading.language).punctuation.colonEnd;
  if (later !== undefined && isWhole)
    return `${nobodyUntil(later.to, reading)}${colon} ${words.everyoneNotified}`;
  const days = [words.from, momentSaid(from, reading), words.to, momentSaid(to, reading)].join(' ');
  return `${words.nobody}, ${days.charAt(0).toLowerCase()}${days.slice(1)}.`;
}

function rowOf(one: Unreached, reading: Reading): readonly Part[] {
  const { seriesId, externalId, startsAt, refuseBy, practice, phone, because } = one;
  return [
    momentIn(startsAt ?? refuseBy, reading),
    phoneCell(phone, reading.language),
    practice ?? '–',
    html`<a href="/console/series/${seriesId}">${externalId ?? '–'}</a>`,
    because.text,
  ];
}

/** A masked number calls nobody. */
function phoneCell(phone: string | null, language: Language): Part {
  if (phone === null) return '–';
  if (!/^\+\d+$/.test(phone)) return phone;
  return html`<a href="tel:${phone}" aria-label="${wordsIn(language).consolePages.toCall.call} ${phone}">${phone}</a>`;
}
