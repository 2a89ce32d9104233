import { DateTime, type DateTimeOptions } from 'luxon';
import { html, type Html, attributes, nothing, inLines, type Part } from '../../base/index.ts';
import type { Money } from '../../sms/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** The reader's language and zone. */
export interface Reading {
  readonly language: Language;
  /** The name of an IANA time zone. */
  readonly zone: string;
}

/** Renders an instant in that zone; a dash for none. */
export function momentIn(at: string | null | undefined, { language, zone }: Reading): Html {
  return at == null ? html`–` : timeElement(at, language, { zone });
}

/** Writes an instant in that zone as a text, without markup. */
export const momentText = (at: string, { language, zone }: Reading): string =>
  textOf(DateTime.fromISO(at, { zone, locale: wordsIn(language).dates.locale }), { at, language });

/** Renders an instant in the zone of the people concerned, and in the reader's if that shows another hour. */
export function momentThereAndHere(at: string, reading: Reading, place = ''): Html {
  const [there, here] = [momentThere(at, reading), momentIn(at, reading)];
  const where = place !== '' && `${place}, `;
  return there.source === here.source
    ? there
    : html`${there} (${where}${here} ${bilingual.consolePages.yourTime[reading.language]})`;
}

/** Renders an instant in the zone with which it is written, which is that of the people concerned. */
export function momentThere(at: string | null | undefined, reading: Reading): Html {
  // An instant in UTC is in no place.
  return at == null || at.endsWith('Z')
    ? momentIn(at, reading)
    : timeElement(at, reading.language, { setZone: true });
}

function timeElement(at: string, language: Language, clock: DateTimeOptions): Html {
  const moment = DateTime.fromISO(at, { ...clock, locale: wordsIn(language).dates.locale });
  if (!moment.isValid) return html`${at}`;
  return html`<time datetime="${at}">${textOf(moment, { at, language })}</time>`;
}

/** Writes a moment; a day without its hour. */
const textOf = (
  moment: DateTime,
  { at, language }: { readonly at: string; readonly language: Language },
): string =>
  moment.toFormat(
    /^\d{4}-\d{2}-\d{2}$/.test(at) ? 'ccc d LLL yyyy' : `ccc d LLL yyyy ${wordsIn(language).dates.hour}`,
  );

/** Formats a figure with the digit groups of a language. */
export const figureIn = (value: number, language: Language, format: Intl.NumberFormatOptions = {}): string =>
  new Intl.NumberFormat(language === 'fr' ? 'fr-FR' : 'en-GB', format).format(value);

/** Formats a count with its noun in singular or plural; zero is plural in English, and not in French. */
export const many = (count: number, language: Language, [one, more]: readonly [string, string]): string =>
  `${figureIn(count, language)} ${count > 1 || (count === 0 && language === 'en') ? more : one}`;

export const moneyIn = ({ amount, currency }: Money, language: Language): string =>
  figureIn(Number(amount), language, {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: 6,
  });

/** Returns the name of a territory; its code when it is unknown. */
export const territoryIn = (territory: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = wordsIn(language).territories;
  return words[territory] ?? territory;
};

const SAID: Readonly<Record<string, Words>> = {
  ...bilingual.peoplePages.purposes,
  ...bilingual.peoplePages.said,
};

/** Returns a word of the API in the reader's language; an unknown one as it is. */
export const personWord = (word: string, language: Language): string => SAID[word]?.[language] ?? word;

const FIELDS: Readonly<Record<string, Words>> = bilingual.companyPages.fields;

/** Returns the name of a setting, or of one of its values. */
export const settingName = (name: string, language: Language): string =>
  FIELDS[name]?.[language] ?? territoryIn(name, language);

/** Renders the button of an order as a form, which works without a script. */
export function actForm({
  action,
  label,
  hidden = {},
  before,
  about,
  isMain,
}: {
  readonly action: string;
  readonly label: string;
  readonly hidden?: Readonly<Record<string, string>>;
  /** Fields before the button. */
  readonly before?: Html | undefined;
  /** The subject of the order, for people whose screen reader reads the button alone. */
  readonly about?: string;
  /** True for the main button of a page. */
  readonly isMain?: true;
}): Html {
  return html`<form method="post" action="/console${action}">${hiddenFields(hidden)}${before}<button${attributes({ class: isMain === true && 'main', 'aria-label': about !== undefined && `${label} ${about}` })}>${label}</button></form>`;
}

export const hiddenFields = (values: Readonly<Record<string, string>>): readonly Html[] =>
  Object.entries(values).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);

/** Renders a field of one line, with its label above and its hint below. */
export function field({
  name,
  label,
  hint,
  type = 'text',
  value = '',
  optional = false,
}: {
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly type?: string;
  readonly value?: string | undefined;
  readonly optional?: boolean;
}): Html {
  const hintId = `${name}-hint`;
  const rest = { 'aria-describedby': hint !== undefined && hintId, required: !optional };
  const below = hint !== undefined && html`<span class="faint" id="${hintId}">${hint}</span>`;
  return html`<div><label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off"${attributes(rest)}>${below}</div>`;
}

/** Renders the options of a choice, with the present value selected. */
export const optionsOf = <T extends string>(
  values: readonly T[],
  say: (value: T) => string,
  selected?: string,
): readonly Html[] =>
  values.map(
    (value) =>
      html`<option value="${value}"${attributes({ selected: value === selected })}>${say(value)}</option>`,
  );

/** Renders a choice with its label above it. */
export const choice = (name: string, label: string, options: Part): Html =>
  html`<div><label for="${name}">${label}</label><select id="${name}" name="${name}">${options}</select></div>`;

/** Renders the link to the next rows. */
export const onward = (path: string, next: string | null, language: Language): Html =>
  next === null
    ? nothing
    : html`<p class="acts"><a class="button" href="/console${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(next)}">${wordsIn(language).consolePages.onward}</a></p>`;

/** The heading of a column; `figure` for a column of figures. */
export type Column = string | { readonly figure: string };

/**
 * Renders a table with a caption, in which the first cell of a row is its heading; without rows, a sentence instead.
 */
export function tableOf({
  caption,
  columns,
  rows,
  empty,
}: {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Part[])[];
  readonly empty: string;
}): Html {
  if (rows.length === 0) return html`<p class="faint">${empty}</p>`;
  const classes = columns.map((column) => attributes({ class: typeof column !== 'string' && 'figure' }));
  const heads = columns.map(
    (column, at) =>
      html`<th scope="col"${classes[at]}>${typeof column === 'string' ? column : column.figure}</th>`,
  );
  const lines = rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell, at) => html`<td${classes[at + 1]}>${cell}</td>`)}</tr>`,
  );
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${inLines(lines)}
</tbody>
</table></div>`;
}

/** Draws a telephone with one message on it; costly characters are marked. */
export function phone(
  shown: {
    /** The caption. */
    readonly title: Part;
    readonly sender: string;
    readonly text: string;
    readonly encoding: string;
    readonly parts: number;
    readonly units: number;
    readonly remaining: number;
    /** Characters that make the message more expensive. */
    readonly costly: readonly string[];
  },
  language: Language,
): Html {
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

/** Defines the pattern for closed hours, which is recognizable without colour. */
export const hatch = (id: string): Html =>
  html`<defs><pattern id="${id}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="shut" width="7" height="7"/><line class="stroke" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>`;

/** Rounds a number for an attribute of a drawing. */
export const place = (value: number): string => String(Math.round(value * 10) / 10);
