import { attributes, html, nothing, inLines, type Html, type Part } from '../../platform/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import { figureIn } from './page-words.ts';

/** A button for one order. */
export interface Act {
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
