import { DateTime } from 'luxon';
import { html, type Html, inLines, type Part } from '../../platform/index.ts';
import { exclusionWords } from '../../people/index.ts';
import { framed, type FramedPage } from '../public/form-frame.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A record as a page: each part under its heading, lists as tables, nothing that the record does not say. */
export function recordPage(
  record: Readonly<Record<string, unknown>>,
  shown: { readonly title: string; readonly language: Language; readonly before?: string },
): FramedPage {
  const { title, language, before } = shown;
  const parts = Object.entries(record).map(([name, value]) => section(name, value, language));
  const opening = before !== undefined && html`<p><strong>${before}</strong></p>`;
  return framed({ language, title, layout: 'sheets' }, html`<h1>${title}</h1>${opening}${inLines(parts)}`);
}

const section = (name: string, value: unknown, language: Language): Html =>
  html`<section><h2>${headingOf(name, language)}</h2>${shownValue(value, { name, language })}</section>`;

/** The heading of one part of a record. */
function headingOf(name: string, language: Language): string {
  const headings: Readonly<Record<string, string>> = wordsIn(language).record.headings;
  return headings[name] ?? labelOf(name, language);
}

/** A field as a person reads it; one that is not known by its own name, split into words. */
function labelOf(name: string, language: Language): string {
  const fields: Readonly<Record<string, string>> = wordsIn(language).record.fields;
  return Object.hasOwn(fields, name)
    ? (fields[name] ?? name)
    : name.replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').toLowerCase();
}

/** The field that a value stands in, and who reads it. */
interface Shown {
  readonly name: string;
  readonly language: Language;
}

function shownValue(value: unknown, shown: Shown): Html {
  if (value === null || value === undefined || value === '') return html`<p>–</p>`;
  if (Array.isArray(value)) return value.length === 0 ? html`<p>–</p>` : listOf(value, shown);
  // Neither null nor a list, but the fields of a record.
  if (typeof value === 'object') return pairsOf(value as Readonly<Record<string, unknown>>, shown.language);
  return html`<p>${typeof value === 'string' ? wordsOf(value, shown) : JSON.stringify(value)}</p>`;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** A text as a person reads it: an instant in words, a reason by its sentence. */
function wordsOf(value: string, { name, language }: Shown): Part {
  if (name === 'why') return exclusionWords(value, language).why;
  const at = INSTANT.test(value) ? DateTime.fromISO(value, { zone: 'utc' }) : undefined;
  if (at?.isValid !== true) return value;
  return html`<time datetime="${value}">${at.setLocale(language).toFormat(wordsIn(language).dates.instant)}</time>`;
}

const listOf = (values: readonly unknown[], shown: Shown): Html =>
  html`<ol>${values.map((value) => html`<li>${shownValue(value, shown)}</li>`)}</ol>`;

const pairsOf = (value: Readonly<Record<string, unknown>>, language: Language): Html =>
  html`<dl>${Object.entries(value).map(
    ([name, inner]) =>
      html`<dt>${labelOf(name, language)}</dt><dd>${shownValue(inner, { name, language })}</dd>`,
  )}</dl>`;
