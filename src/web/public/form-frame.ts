import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { code, html, type Html, nothing } from '../../platform/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';

const style = readFileSync(new URL('./form.css', import.meta.url), 'utf8');

/** A page with the policy that lets it show nothing but itself. */
export interface FramedPage {
  readonly html: Html;
  readonly policy: string;
}

/** The frame of a page. */
export interface Frame {
  readonly language: Language;
  readonly title: string;
  /** The same page in the other language; undefined where there is none. */
  readonly otherLanguage?: string | undefined;
  /** Sites that embed it now; undefined when it is on its own. */
  readonly within?: readonly string[] | undefined;
  readonly layout?: 'page' | 'sheets' | undefined;
}

/** Renders a whole page: no script, no asset, nothing from anywhere else. */
export function framed(frame: Frame, main: Html): FramedPage {
  const nonce = randomBytes(16).toString('base64');
  const { language, within, layout = 'page' } = frame;
  const classes = [layout, ...(within === undefined ? [] : ['embedded'])].join(' ');
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${frame.title}</title>
${code('style', { nonce }, style)}
</head>
<body class="${classes}">
<main>
${main}
</main>
${footer(frame)}
</body>
</html>
`;
  return { html: page, policy: policyWith(nonce, within ?? []) };
}

function footer({ language, otherLanguage }: Frame): Html {
  if (otherLanguage === undefined) return nothing;
  const other = language === 'fr' ? 'en' : 'fr';
  return html`<footer><a href="${otherLanguage}" lang="${other}" hreflang="${other}">${wordsIn(language).publicPages.form.language}</a></footer>`;
}

function policyWith(nonce: string, within: readonly string[]): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${within.length === 0 ? "'none'" : within.join(' ')}`,
  ].join('; ');
}
