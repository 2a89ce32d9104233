import { DateTime, type DateTimeOptions } from 'luxon';
import { html, type Html, attributes, nothing, inLines, type Part } from '../../platform/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** The reader's language and zone. */
export interface Reading {
  readonly language: Language;
  /** IANA. */
  readonly zone: string;
}

/** Renders an instant in that zone; a dash for none. */
export function momentIn(at: string | null | undefined, { language, zone }: Reading): Html {
  return at == null ? html`–` : timeElement(at, language, { zone });
}

/** The same as a text, without markup. */
export const momentSaid = (at: string, { language, zone }: Reading): string =>
  textOf(DateTime.fromISO(at, { zone, locale: localeOf(language) }), { at, language });

const YOURS = bilingual.consolePages.yourTime;

/** Renders an instant in the zone of its people, and in the reader's where that shows another hour. */
export function momentThereAndHere(at: string, reading: Reading, place = ''): Html {
  const [there, here] = [momentThere(at, reading), momentIn(at, reading)];
  const where = place !== '' && `${place}, `;
  return there.source === here.source ? there : html`${there} (${where}${here} ${YOURS[reading.language]})`;
}

/** Renders an instant in the zone it was written with: that of its people. */
export function momentThere(at: string | null | undefined, reading: Reading): Html {
  // Written in UTC, it says nothing of any place.
  return at == null || at.endsWith('Z')
    ? momentIn(at, reading)
    : timeElement(at, reading.language, { setZone: true });
}

/** A calendar day has no hour. */
const isDay = (at: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(at);

function timeElement(at: string, language: Language, clock: DateTimeOptions): Html {
  const moment = DateTime.fromISO(at, { ...clock, locale: localeOf(language) });
  if (!moment.isValid) return html`${at}`;
  return html`<time datetime="${at}">${textOf(moment, { at, language })}</time>`;
}

const localeOf = (language: Language): string => wordsIn(language).dates.locale;

const textOf = (
  moment: DateTime,
  { at, language }: { readonly at: string; readonly language: Language },
): string => moment.toFormat(`ccc d LLL yyyy${isDay(at) ? '' : ` ${wordsIn(language).dates.hour}`}`);

/** Formats a figure with the digit groups of a language, as text. */
export const figureIn = (value: number, language: Language): string =>
  new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB').format(value);

/** Formats an amount of money in a language. */
export const moneyIn = (
  { amount, currency }: { readonly amount: string; readonly currency: string },
  language: Language,
): string =>
  new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  }).format(Number(amount));

/** Returns the name of a territory; its code when it is unknown. */
export const territoryIn = (territory: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = wordsIn(language).territories;
  return words[territory] ?? territory;
};

/** Purposes in plain words. */
const PURPOSE_WORDS: Readonly<Record<string, Words>> = bilingual.peoplePages.purposes;

const SAID: Readonly<Record<string, Words>> = { ...PURPOSE_WORDS, ...bilingual.peoplePages.said };

/** Words a code in the reader's language; an unknown one is shown as it is. */
export const personWord = (word: string, language: Language): string => SAID[word]?.[language] ?? word;

const FIELDS: Readonly<Record<string, Words>> = bilingual.companyPages.fields;

/** Returns the name of a setting, or of one of its values. */
export const settingName = (name: string, language: Language): string =>
  FIELDS[name]?.[language] ?? territoryIn(name, language);

/** A button for one order. */
interface Act {
  readonly action: string;
  readonly label: string;
  /** Hidden fields of the form. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Fields before the button, as HTML. */
  readonly before?: Html | undefined;
  /** The subject, for people whose screen reader reads the button alone. */
  readonly about?: string;
  /** Set for the main act of a page. */
  readonly isMain?: true;
}

/** Renders one order as one form: it works without a script. */
export function actForm({ action, label, hidden = {}, before, about, isMain }: Act): Html {
  const kept = Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="/console${action}">${kept}${before}<button${attributes({ class: isMain === true && 'main', 'aria-label': about !== undefined && `${label} ${about}` })}>${label}</button></form>`;
}

/** A field with its label above it, and its hint below. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: string;
  readonly value?: string;
  readonly optional?: true;
}

/** Renders one line to fill in. */
export function field({ name, label, hint, type = 'text', value = '', optional }: FormField): Html {
  const hintId = `${name}-hint`;
  const rest = { 'aria-describedby': hint !== undefined && hintId, required: optional !== true };
  const below = hint !== undefined && html`<span class="faint" id="${hintId}">${hint}</span>`;
  return html`<div><label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off"${attributes(rest)}>${below}</div>`;
}

/** Renders the link to the next rows. */
export const onward = (path: string, next: string | null, language: Language): Html =>
  next === null
    ? nothing
    : html`<p class="acts"><a class="button" href="/console${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(next)}">${wordsIn(language).consolePages.onward}</a></p>`;

/** A column: its heading, and whether it holds figures. */
interface Column {
  readonly head: string;
  readonly isFigure?: boolean;
}

/** Rows of HTML cells; a sentence instead when there are none. */
interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Part[])[];
  readonly empty: string;
}

/** Renders a table with a caption, the first cell of a row as its heading. */
export function tableOf({ caption, columns, rows, empty }: Table): Html {
  if (rows.length === 0) return html`<p class="faint">${empty}</p>`;
  const heads = columns.map((column) => html`<th scope="col"${classOf(column)}>${column.head}</th>`);
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${inLines(rows.map((cells) => rowOf(cells, columns)))}
</tbody>
</table></div>`;
}

function rowOf([first, ...rest]: readonly Part[], columns: readonly Column[]): Html {
  const cells = rest.map((cell, index) => html`<td${classOf(columns[index + 1])}>${cell}</td>`);
  return html`<tr><th scope="row">${first}</th>${cells}</tr>`;
}

const classOf = (column: Column | undefined): ReturnType<typeof attributes> =>
  attributes({ class: column?.isFigure === true && 'figure' });

/** A message as its recipient would see it, with its size. */
interface PhoneShown {
  /** Which message it is. */
  readonly title: Part;
  readonly sender: string;
  readonly text: string;
  readonly encoding: string;
  readonly parts: number;
  readonly units: number;
  readonly remaining: number;
  /** Characters that make it dearer. */
  readonly costly: readonly string[];
}

/** Draws a telephone with one message on it; costly characters are marked. */
export function phone(shown: PhoneShown, language: Language): Html {
  const words = wordsIn(language).campaignPages.phone;
  const { parts, encoding, units, remaining } = shown;
  const weight = html`<strong>${figureIn(parts, language)} SMS</strong> · ${encoding} · ${figureIn(units, language)} ${words.of} ${figureIn(units + remaining, language)}`;
  return html`<figure class="phone${parts > 1 ? ' dear' : ''}"><div class="screen"><p class="from"><span class="unseen">${words.sender} </span>${shown.sender}</p><p class="bubble" translate="no">${marked(shown.text, shown.costly, words.costly)}</p></div>
<figcaption>${shown.title}<br>${weight}</figcaption></figure>`;
}

function marked(text: string, costly: readonly string[], title: string): readonly Part[] {
  const signs = new Set(costly);
  return Array.from(text.normalize('NFC'), (sign) => {
    const shown = sign === '\n' ? html`<br>` : sign;
    return signs.has(sign) ? html`<mark title="${title}">${shown}</mark>` : shown;
  });
}

/** A pattern for closed hours that is recognizable without colour. */
export const hatch = (id: string): Html =>
  html`<defs><pattern id="${id}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="shut" width="7" height="7"/><line class="stroke" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>`;

/** Rounds a number for an attribute of a drawing. */
export const place = (value: number): string => String(Math.round(value * 10) / 10);
