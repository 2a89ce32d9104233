import type { Request } from 'express';
import { html, type Html, inLines, joined } from '../../platform/index.ts';
import {
  shownForm,
  textFingerprint,
  textShown,
  newSheetReference,
  upToDate,
  issueTicket,
  type FormShown,
} from '../../people/index.ts';
import { formPage, type FormPage } from './form-page.ts';
import { frameSitesOf, outcomeReply, type FormReply } from './form-reply.ts';
import { formAddressOf, languageAsked, queried, visitForm, type PublicForms } from './form-visit.ts';
import { frenchDay } from '../../law/index.ts';
import { framed, type FramedPage } from './form-frame.ts';
import { wordsIn } from '../../words/index.ts';

/** Two to a page: twenty pages at once. */
const MOST_SHEETS = 40;

/** Shows a form, with a ticket for one submission. */
export async function showForm(forms: PublicForms, req: Request, slug: string): Promise<FormReply> {
  const found = await visitForm(forms, { slug }, async ({ tx, wordings, ticketKeys, ...visit }) => {
    const form = await upToDate(tx, forms, visit);
    const language = languageAsked(req, form.terms.locale);
    const shown = shownForm(form, wordings, { language, medium: 'screen', on: frenchDay(forms.clock.now()) });
    const { clock } = forms;
    const ticket = issueTicket(ticketKeys[0], slug, {
      shownAt: clock.now().toISO(),
      version: form.version,
      language,
      machineMs: clock.machine(),
    });
    const frame = { form, within: frameSitesOf(req, form) };
    const page = formPage({ ...frame, ...addresses(req, slug, language), shown, ticket, ...NOTHING_TYPED });
    return { status: 200, page };
  });
  return found.kind === 'found' ? found.answer : outcomeReply(req, found.kind);
}

const NOTHING_TYPED = { errors: [], phone: '', firstName: '' } as const;

/** Returns the form's target, and its address in the other language. */
export function addresses(
  req: Request,
  slug: string,
  language: 'fr' | 'en',
): Pick<FormPage, 'action' | 'otherLanguage'> {
  const path = `/f/${slug}`;
  return {
    action: formAddressOf(req, path, { language }),
    otherLanguage: formAddressOf(req, path, { language: language === 'fr' ? 'en' : 'fr' }),
  };
}

/** Shows sheets to print, each with a number of its own. */
export async function showSheets(forms: PublicForms, req: Request, slug: string): Promise<FormReply> {
  const copies = Number(/^\d{1,2}$/.exec(queried(req, 'copies'))?.[0] ?? 2);
  const count = Math.min(MOST_SHEETS, Math.max(1, copies));
  const found = await visitForm(forms, { slug }, async ({ tx, wordings, ...visit }) => {
    const form = await upToDate(tx, forms, visit);
    const language = languageAsked(req, form.terms.locale);
    const shown = shownForm(form, wordings, { language, medium: 'paper', on: frenchDay(forms.clock.now()) });
    const references = Array.from({ length: count }, () => newSheetReference(form));
    const sha256 = textFingerprint(textShown(shown));
    const page = sheetPage({ shown, slug, version: form.version, sha256, references });
    return { status: 200, page };
  });
  return found.kind === 'found' ? found.answer : outcomeReply(req, found.kind);
}

/** Sheets to print, two to a page. */
interface Sheets {
  readonly shown: FormShown;
  readonly slug: string;
  readonly version: number;
  /** SHA-256 of the sheet's text, in hexadecimal. */
  readonly sha256: string;
  /** A number for each. */
  readonly references: readonly string[];
}

/** A box for each digit of a number. */
const BLANKS = Array.from({ length: 10 }, () => html`<span></span>`);

/** Renders a page to print: half an A4 for each person, so that nobody reads the number of another. */
function sheetPage(sheets: Sheets): FramedPage {
  const { shown } = sheets;
  const words = wordsIn(shown.language).publicPages.form;
  const halves = sheets.references.map((reference) => half(sheets, reference));
  return framed(
    { language: shown.language, title: `${shown.title} · ${shown.company}`, layout: 'sheets' },
    html`<h1>${words.sheetTitle}</h1>\n<p class="how">${words.sheetHow}</p>\n${inLines(halves)}`,
  );
}

function half(sheets: Sheets, reference: string): Html {
  const { shown } = sheets;
  const { adult } = shown;
  const words = wordsIn(shown.language).publicPages.form;
  const data = shown.data.map(([name, said]) => html`<strong>${name}</strong> ${said}`);
  const wordings = shown.boxes.map(({ wordingId, version }) => html`<span>${wordingId} v${version}</span>`);
  return html`<article class="half">
<header>
<div><p class="company">${shown.company}</p><h2>${shown.title}</h2></div>
<p class="reference">${words.sheetNumber}<br><strong>${reference}</strong></p>
</header>
<p class="hint"><strong>${shown.boxesName}</strong> · ${shown.free}</p>
<ul class="paper-boxes">
${inLines(
  shown.boxes.map(
    ({ name, words: text, language }) =>
      html`<li><span class="tick"></span><span><strong>${name}</strong> <span lang="${language}">${text}</span></span></li>`,
  ),
)}
${adult !== undefined && html`<li><span class="tick"></span><span><strong>${adult.label}</strong> ${adult.hint}</span></li>`}
</ul>
<div class="lines">
<div class="number"><p>${shown.phone.label}</p><p class="digits">${BLANKS}</p></div>
${shown.firstName !== undefined && html`<div><p>${shown.firstName}</p><p class="blank"></p></div>`}
<div class="signature"><p>${shown.acts.join(' ')}</p><p class="blank"></p></div>
</div>
<p class="small">${joined(data, ' ')} ${shown.notice.join(' ')}</p>
<p class="marks">${words.sheetForm} ${sheets.slug} v${sheets.version} · SHA-256 ${sheets.sha256.slice(0, 16)} · ${words.sheetWords} ${joined(wordings, ', ')} · ${words.sheetOperator} ____________________</p>
</article>`;
}
