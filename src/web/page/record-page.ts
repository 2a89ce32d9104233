import { DateTime } from 'luxon';
import { exclusionWords } from '../../people/index.ts';
import { escaped } from './escaped.ts';
import { framed, type Page } from '../public/form-frame.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A record as a page: each part under its heading, lists as tables, nothing that the record does not say. */
export function recordPage(
  record: Readonly<Record<string, unknown>>,
  shown: { readonly title: string; readonly language: Language; readonly before?: string },
): Page {
  const { title, language, before } = shown;
  const parts = Object.entries(record).map(([name, value]) => section(name, value, language));
  const opening = before === undefined ? '' : `<p><strong>${escaped(before)}</strong></p>`;
  return framed(
    { language, title, layout: 'sheets' },
    `<h1>${escaped(title)}</h1>${opening}${parts.join('\n')}`,
  );
}

const section = (name: string, value: unknown, language: Language): string =>
  `<section><h2>${escaped(headingOf(name, language))}</h2>${shownValue(value, { name, language })}</section>`;

/** The heading of one part of a record. */
const headingOf = (name: string, language: Language): string =>
  (wordsIn(language).record.headings as Readonly<Record<string, string>>)[name] ?? labelOf(name, language);

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

function shownValue(value: unknown, shown: Shown): string {
  if (value === null || value === undefined || value === '') return '<p>–</p>';
  if (Array.isArray(value)) return value.length === 0 ? '<p>–</p>' : listOf(value, shown);
  if (typeof value === 'object') return pairsOf(value as Readonly<Record<string, unknown>>, shown.language);
  return `<p>${typeof value === 'string' ? wordsOf(value, shown) : escaped(JSON.stringify(value))}</p>`;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** A text as a person reads it: an instant in words, a reason by its sentence. */
function wordsOf(value: string, { name, language }: Shown): string {
  if (name === 'why') return escaped(exclusionWords(value, language).why);
  const at = INSTANT.test(value) ? DateTime.fromISO(value, { zone: 'utc' }) : undefined;
  if (at?.isValid !== true) return escaped(value);
  return `<time datetime="${escaped(value)}">${at.setLocale(language).toFormat(wordsIn(language).dates.instant)}</time>`;
}

const listOf = (values: readonly unknown[], shown: Shown): string =>
  `<ol>${values.map((value) => `<li>${shownValue(value, shown)}</li>`).join('')}</ol>`;

const pairsOf = (value: Readonly<Record<string, unknown>>, language: Language): string =>
  `<dl>${Object.entries(value)
    .map(
      ([name, inner]) =>
        `<dt>${escaped(labelOf(name, language))}</dt><dd>${shownValue(inner, { name, language })}</dd>`,
    )
    .join('')}</dl>`;
