import type { Language } from '../law/rule.ts';
import { escaped } from './escaped.ts';
import { framed, type Page } from './form-frame.ts';
import { headingOf, labelOf } from './record-words.ts';

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
  `<section><h2>${escaped(headingOf(name, language))}</h2>${shownValue(value, language)}</section>`;

function shownValue(value: unknown, language: Language): string {
  if (value === null || value === undefined || value === '') return '<p>–</p>';
  if (Array.isArray(value)) return value.length === 0 ? '<p>–</p>' : listOf(value, language);
  if (typeof value === 'object') return pairsOf(value as Readonly<Record<string, unknown>>, language);
  return `<p>${escaped(typeof value === 'string' ? value : JSON.stringify(value))}</p>`;
}

const listOf = (values: readonly unknown[], language: Language): string =>
  `<ol>${values.map((value) => `<li>${shownValue(value, language)}</li>`).join('')}</ol>`;

const pairsOf = (value: Readonly<Record<string, unknown>>, language: Language): string =>
  `<dl>${Object.entries(value)
    .map(
      ([name, inner]) =>
        `<dt>${escaped(labelOf(name, language))}</dt><dd>${shownValue(inner, language)}</dd>`,
    )
    .join('')}</dl>`;
