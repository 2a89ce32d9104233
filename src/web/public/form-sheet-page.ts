import type { FormShown } from '../../people/index.ts';
import { escaped } from '../page/escaped.ts';
import { framed, type Page } from './form-frame.ts';
import { wordsIn } from '../../words/index.ts';

/** Sheets about to be printed, two to a page. */
export interface Sheets {
  readonly shown: FormShown;
  readonly slug: string;
  readonly version: number;
  /** SHA-256 of what the sheet says, in hexadecimal. */
  readonly sha256: string;
  /** A number for each. */
  readonly references: readonly string[];
}

const DIGITS = 10;

/** A page to print: half an A4 for each person, so that nobody reads the number of another. */
export function sheetPage(sheets: Sheets): Page {
  const { shown } = sheets;
  const words = wordsIn(shown.language).publicPages.form;
  const halves = sheets.references.map((reference) => half(sheets, reference));
  return framed(
    { language: shown.language, title: `${shown.title} · ${shown.company}`, layout: 'sheets' },
    `<h1>${words.sheetTitle}</h1>\n<p class="how">${words.sheetHow}</p>\n${halves.join('\n')}`,
  );
}

function half(sheets: Sheets, reference: string): string {
  const { shown } = sheets;
  const { adult } = shown;
  const words = wordsIn(shown.language).publicPages.form;
  return `<article class="half">
<header>
<div><p class="company">${escaped(shown.company)}</p><h2>${escaped(shown.title)}</h2></div>
<p class="reference">${words.sheetNumber}<br><strong>${escaped(reference)}</strong></p>
</header>
<p class="hint"><strong>${escaped(shown.boxesName)}</strong> · ${escaped(shown.free)}</p>
<ul class="paper-boxes">
${shown.boxes
  .map(
    ({ name, words: text, language }) =>
      `<li><span class="tick"></span><span><strong>${escaped(name)}</strong> <span lang="${language}">${escaped(text)}</span></span></li>`,
  )
  .join('\n')}
${adult === undefined ? '' : `<li><span class="tick"></span><span><strong>${escaped(adult.label)}</strong> ${escaped(adult.hint)}</span></li>`}
</ul>
<div class="lines">
<div class="number"><p>${escaped(shown.phone.label)}</p><p class="digits">${'<span></span>'.repeat(DIGITS)}</p></div>
${shown.firstName === undefined ? '' : `<div><p>${escaped(shown.firstName)}</p><p class="blank"></p></div>`}
<div class="signature"><p>${escaped(shown.acts.join(' '))}</p><p class="blank"></p></div>
</div>
<p class="small">${shown.data.map(([name, said]) => `<strong>${escaped(name)}</strong> ${escaped(said)}`).join(' ')} ${shown.notice.map((paragraph) => escaped(paragraph)).join(' ')}</p>
<p class="marks">${words.sheetForm} ${escaped(sheets.slug)} v${sheets.version} · SHA-256 ${sheets.sha256.slice(0, 16)} · ${words.sheetWords} ${shown.boxes.map(({ wordingId, version }) => `<span>${wordingId} v${version}</span>`).join(', ')} · ${words.sheetOperator} ____________________</p>
</article>`;
}
