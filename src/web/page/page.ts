import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Response } from 'express';
import { DateTime } from 'luxon';
import { exclusionWords } from '../../people/index.ts';
import { attributes, code, html, inLines, type Html, type Part } from '../../base/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** Sends a page, which must be markup and cannot be a mere text. */
export const sendHtml = (res: Response, page: Html): void => {
  res.type('html').send(page.source);
};

/**
 * Returns the content security policy of a page with one script and one style of its own, which may load from this
 * server alone.
 */
export const scriptPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

const style = readFileSync(new URL('./page.css', import.meta.url), 'utf8');

/** A page, with the content security policy that lets it load nothing else. */
export interface FramedPage {
  readonly html: Html;
  readonly policy: string;
}

/** Renders a whole page around its body, with one style of its own and nothing to load. */
export const wholePage = (
  head: {
    readonly language: Language;
    readonly title: string;
    readonly nonce: string;
    readonly style: string;
    readonly classes?: string;
  },
  body: Html,
): Html => html`<!doctype html>
<html lang="${head.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${head.title}</title>
${code('style', { nonce: head.nonce }, head.style)}
</head>
<body${attributes({ class: head.classes })}>
${body}
</body>
</html>
`;

/** Renders a page without any script. */
export function framed(
  {
    language,
    title,
    otherLanguage,
    within,
    layout = 'page',
  }: {
    readonly language: Language;
    readonly title: string;
    /** The address of the page in the other language, if there is one. */
    readonly otherLanguage?: string | undefined;
    /** The sites that may embed the page; undefined when it is not embedded. */
    readonly within?: readonly string[] | undefined;
    readonly layout?: 'page' | 'sheets' | undefined;
  },
  main: Html,
): FramedPage {
  const nonce = randomBytes(16).toString('base64');
  const classes = within === undefined ? layout : `${layout} embedded`;
  const other = language === 'fr' ? 'en' : 'fr';
  const footer =
    otherLanguage !== undefined &&
    html`<footer><a href="${otherLanguage}" lang="${other}" hreflang="${other}">${wordsIn(language).publicPages.form.language}</a></footer>`;
  const body = html`<main>
${main}
</main>
${footer}`;
  return {
    html: wholePage({ language, title, nonce, style, classes }, body),
    policy: policyWith(nonce, within ?? []),
  };
}

const policyWith = (nonce: string, within: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${within.length === 0 ? "'none'" : within.join(' ')}`,
  ].join('; ');

/** Sends a record as a page, with each part under a heading. */
export function sendRecord(
  res: Response,
  record: Readonly<Record<string, unknown>>,
  {
    title,
    language,
    before,
  }: { readonly title: string; readonly language: Language; readonly before?: string },
): void {
  const parts = Object.entries(record).map(([name, value]) => section(name, value, language));
  const opening = before !== undefined && html`<p><strong>${before}</strong></p>`;
  const main = html`<h1>${title}</h1>${opening}${inLines(parts)}`;
  const page = framed({ language, title, layout: 'sheets' }, main);
  res.set('Content-Security-Policy', page.policy);
  sendHtml(res, page.html);
}

function section(name: string, value: unknown, language: Language): Html {
  const headings: Readonly<Record<string, string>> = wordsIn(language).record.headings;
  return html`<section><h2>${headings[name] ?? labelOf(name, language)}</h2>${shownValue(value, { name, language })}</section>`;
}

/** Returns the name of a field for people; an unknown field's own name, split into words. */
function labelOf(name: string, language: Language): string {
  const fields: Readonly<Record<string, string>> = wordsIn(language).record.fields;
  return Object.hasOwn(fields, name)
    ? (fields[name] ?? name)
    : name.replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').toLowerCase();
}

interface Shown {
  readonly name: string;
  readonly language: Language;
}

function shownValue(value: unknown, shown: Shown): Html {
  if (value === null || value === undefined || value === '') return html`<p>–</p>`;
  if (Array.isArray(value)) return value.length === 0 ? html`<p>–</p>` : shownList(value, shown);
  // Null and lists were handled above, so that this is a record.
  if (typeof value === 'object') return pairsOf(value as Readonly<Record<string, unknown>>, shown.language);
  return html`<p>${typeof value === 'string' ? wordsOf(value, shown) : JSON.stringify(value)}</p>`;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Returns a text for people: an instant in words, and the sentence of a reason. */
function wordsOf(value: string, { name, language }: Shown): Part {
  if (name === 'why') return exclusionWords(value, language).why;
  const at = INSTANT.test(value) ? DateTime.fromISO(value, { zone: 'utc' }) : undefined;
  if (at?.isValid !== true) return value;
  return html`<time datetime="${value}">${at.setLocale(language).toFormat(wordsIn(language).dates.instant)}</time>`;
}

const shownList = (values: readonly unknown[], shown: Shown): Html =>
  html`<ol>${values.map((value) => html`<li>${shownValue(value, shown)}</li>`)}</ol>`;

const pairsOf = (value: Readonly<Record<string, unknown>>, language: Language): Html =>
  html`<dl>${Object.entries(value).map(
    ([name, inner]) =>
      html`<dt>${labelOf(name, language)}</dt><dd>${shownValue(inner, { name, language })}</dd>`,
  )}</dl>`;
