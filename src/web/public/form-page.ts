import type { Request } from 'express';
import { frenchDay } from '../../rule/index.ts';
import {
  shownForm,
  textFingerprint,
  textShown,
  newSheetReference,
  upToDate,
  issueTicket,
  type FormShown,
  type ShownBox,
} from '../../people/index.ts';
import { type ConsentPurpose } from '../../person/index.ts';
import { html, type Html, inLines, joined, attributes, nothing } from '../../base/index.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';
import { framed, type FramedPage } from '../page/page.ts';
import {
  frameSitesOf,
  type FormReply,
  formAddressOf,
  languageAsked,
  queried,
  visitForm,
  type PublicForms,
} from './form-visit.ts';

/** The most sheets printed at once, two on a page. */
const MOST_SHEETS = 40;

/** Shows a form, with a ticket that allows one submission. */
export async function showForm(forms: PublicForms, req: Request, slug: string): Promise<FormReply> {
  return visitForm(forms, { req, slug }, async ({ tx, wordings, ticketKeys, ...visit }) => {
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
}

const NOTHING_TYPED = { errors: [], phone: '', firstName: '' } as const;

/** Returns the address to which a form is sent, and its address in the other language. */
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

/** Shows sheets of a form to print, each with a reference of its own. */
export async function showSheets(forms: PublicForms, req: Request, slug: string): Promise<FormReply> {
  const copies = Number(/^\d{1,2}$/.exec(queried(req, 'copies'))?.[0] ?? 2);
  const count = Math.min(MOST_SHEETS, Math.max(1, copies));
  return visitForm(forms, { req, slug }, async ({ tx, wordings, ...visit }) => {
    const form = await upToDate(tx, forms, visit);
    const language = languageAsked(req, form.terms.locale);
    const shown = shownForm(form, wordings, { language, medium: 'paper', on: frenchDay(forms.clock.now()) });
    const references = Array.from({ length: count }, () => newSheetReference(form));
    const sha256 = textFingerprint(textShown(shown));
    const page = sheetPage({ shown, slug, version: form.version, sha256, references });
    return { status: 200, page };
  });
}

interface Sheets {
  readonly shown: FormShown;
  readonly slug: string;
  readonly version: number;
  /** SHA-256 of the sheet's text, in hexadecimal. */
  readonly sha256: string;
  readonly references: readonly string[];
}

/** The boxes for the digits of a phone number. */
const BLANKS = Array.from({ length: 10 }, () => html`<span></span>`);

/** Renders sheets to print: half an A4 page for each person, so that nobody reads another's number. */
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

export interface FieldError {
  readonly field: 'boxes' | 'phone' | 'firstName' | 'adult';
  readonly said: Extract<keyof Catalogue['publicPages']['form'], `error-${string}`>;
}

interface FormPage {
  readonly shown: FormShown;
  /** The address to which the form is sent, with its language and embedding. */
  readonly action: string;
  readonly otherLanguage: string;
  readonly within: readonly string[] | undefined;
  readonly ticket: string;
  readonly errors: readonly FieldError[];
  /** The number that was typed before; boxes are never ticked again. */
  readonly phone: string;
  readonly firstName: string;
}

/** Renders the page on which somebody gives consent, or does not. */
export function formPage(page: FormPage): FramedPage {
  const { shown } = page;
  const { language, title, within } = { ...page, ...shown };
  const head = html`<header>
<p class="company">${shown.company}</p>
<h1>${title}</h1>
<p class="lead">${shown.lead}</p>
</header>`;
  const pageTitle = `${page.errors.length > 0 ? `${wordsIn(language).publicPages.form.errors} ` : ''}${title} · ${shown.company}`;
  return framed(
    { language, title: pageTitle, otherLanguage: page.otherLanguage, within },
    inLines([head, summary(page), formMarkup(page), dataSection(shown)]),
  );
}

function summary({ errors, shown }: FormPage): Html {
  if (errors.length === 0) return nothing;
  const words = wordsIn(shown.language).publicPages.form;
  const items = errors.map(
    ({ field, said }) => html`<li><a href="#${idOf(field, shown)}">${words[said]}</a></li>`,
  );
  return html`<div class="errors" role="alert" tabindex="-1" autofocus>
<h2>${words.errors}</h2>
<ul>${items}</ul>
<p>${words.again}</p>
</div>`;
}

const idOf = (field: FieldError['field'], { boxes }: FormShown): string =>
  field === 'boxes' ? `box-${boxes[0]?.purpose ?? ''}` : field;

function formMarkup(page: FormPage): Html {
  const { shown, action, ticket } = page;
  const words = wordsIn(shown.language).publicPages.form;
  const [accept = '', refuse = ''] = shown.acts;
  return html`<form method="post" action="${action}" novalidate>
<input type="hidden" name="ticket" value="${ticket}">
<div class="trap" aria-hidden="true"><label>${words.trap} <input name="relance" tabindex="-1" autocomplete="off"></label></div>
<fieldset${invalid(page, 'boxes')}>
<legend>${shown.boxesName}</legend>
<p class="hint">${shown.free}</p>
${wrong(page, 'boxes')}
${inLines(shown.boxes.map((box) => boxOf(box, page)))}
</fieldset>
${textField(page, { field: 'phone', label: shown.phone.label, hint: shown.phone.hint, input: { type: 'tel', inputmode: 'tel', autocomplete: 'tel-national' } })}
${shown.firstName !== undefined && textField(page, { field: 'firstName', label: shown.firstName, hint: '', input: { type: 'text', autocomplete: 'given-name', maxlength: 60 } })}
${adultBox(page)}
<div class="acts">
<button name="act" value="accept">${accept}</button>
<button name="act" value="refuse">${refuse}</button>
</div>
</form>`;
}

const errorOf = ({ errors }: FormPage, field: FieldError['field']): FieldError | undefined =>
  errors.find((error) => error.field === field);

const invalid = (page: FormPage, field: FieldError['field']): ReturnType<typeof attributes> =>
  attributes(
    errorOf(page, field) === undefined ? {} : { class: 'wrong', 'aria-describedby': `${field}-error` },
  );

function wrong(page: FormPage, field: FieldError['field']): Html {
  const error = errorOf(page, field);
  if (error === undefined) return nothing;
  return html`<p class="error" id="${field}-error">${wordsIn(page.shown.language).publicPages.form[error.said]}</p>`;
}

function boxOf({ purpose, name, words, language }: ShownBox, { shown }: FormPage): Html {
  const lang = attributes({ lang: language !== shown.language && language });
  return html`<label class="box" for="box-${purpose}">
<input type="checkbox" id="box-${purpose}" name="box_${purpose}" value="yes" aria-describedby="words-${purpose}">
<span><strong>${name}</strong><span class="words" id="words-${purpose}"${lang}>${words}</span></span>
</label>`;
}

function textField(
  page: FormPage,
  {
    field,
    label,
    hint,
    input,
  }: {
    readonly field: 'phone' | 'firstName';
    readonly label: string;
    readonly hint: string;
    readonly input: Parameters<typeof attributes>[0];
  },
): Html {
  const error = errorOf(page, field);
  const described = [
    ...(hint === '' ? [] : [`${field}-hint`]),
    ...(error === undefined ? [] : [`${field}-error`]),
  ].join(' ');
  const state = {
    'aria-describedby': described !== '' && described,
    'aria-invalid': error !== undefined && 'true',
  };
  return html`<div class="field${error === undefined ? '' : ' wrong'}">
<label for="${field}">${label}</label>
${hint !== '' && html`<p class="hint" id="${field}-hint">${hint}</p>`}
${wrong(page, field)}
<input id="${field}" name="${field}"${attributes(input)} value="${page[field]}"${attributes(state)}>
</div>`;
}

function adultBox(page: FormPage): Html {
  const { adult: asked } = page.shown;
  if (asked === undefined) return nothing;
  const error = errorOf(page, 'adult');
  const described = `adult-hint${error === undefined ? '' : ' adult-error'}`;
  return html`<div class="field${error === undefined ? '' : ' wrong'}">
${wrong(page, 'adult')}
<label class="box" for="adult">
<input type="checkbox" id="adult" name="adult" value="yes" aria-describedby="${described}"${attributes({ 'aria-invalid': error !== undefined && 'true' })}>
<span><strong>${asked.label}</strong><span class="words" id="adult-hint">${asked.hint}</span></span>
</label>
</div>`;
}

function dataSection({ dataName, data: pairs, notice }: FormShown): Html {
  return html`<section class="data" aria-labelledby="data-name">
<h2 id="data-name">${dataName}</h2>
<dl>
${inLines(pairs.map(([name, said]) => html`<div><dt>${name}</dt><dd>${said}</dd></div>`))}
</dl>
${inLines(notice.map((paragraph) => html`<p>${paragraph}</p>`))}
</section>`;
}

interface Confirming {
  readonly language: Language;
  readonly company: string;
  readonly within: readonly string[] | undefined;
}

/** Renders the page that asks for a code, which is the same whether one was sent or not. */
export function codePage(
  page: Confirming & {
    readonly action: string;
    readonly back: string;
    readonly reference: string;
    readonly wrong: 'wrong' | undefined;
  },
): FramedPage {
  const words = wordsIn(page.language).publicPages.form;
  const isWrong = page.wrong !== undefined;
  const described = `code-hint${isWrong ? ' code-error' : ''}`;
  const main = html`${headed(page, words.codeTitle, words.codeLead)}
<form method="post" action="${page.action}" novalidate>
<input type="hidden" name="answer" value="${page.reference}">
<div class="field${isWrong ? ' wrong' : ''}">
<label for="code">${words.codeLabel}</label>
<p class="hint" id="code-hint">${words.codeHint}</p>
${isWrong && html`<p class="error" id="code-error" role="alert">${words['error-code']}</p>`}
<input id="code" name="code" class="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="20" autofocus aria-describedby="${described}"${attributes({ 'aria-invalid': isWrong && 'true' })}>
</div>
<div class="acts"><button>${words.codeButton}</button></div>
</form>
${waiting(page, words.codeNothing)}`;
  const title = isWrong ? `${words.errors} ${words.codeTitle}` : words.codeTitle;
  return framed({ language: page.language, title: `${title} · ${page.company}`, within: page.within }, main);
}

/** Renders the page that announces a link, which is the same whether one was sent or not. */
export function linkPage(page: Confirming & { readonly back: string }): FramedPage {
  const words = wordsIn(page.language).publicPages.form;
  return framed(
    { language: page.language, title: `${words.linkTitle} · ${page.company}`, within: page.within },
    html`${headed(page, words.linkTitle, words.linkLead)}\n${waiting(page, words.linkNothing)}`,
  );
}

/** Renders the page of a link, on which nothing happens before a button is pressed. */
export function openPage(page: Confirming & { readonly action: string }): FramedPage {
  const words = wordsIn(page.language).publicPages.form;
  const main = html`${headed(page, words.openTitle, words.openLead)}
<form method="post" action="${page.action}">
<div class="acts"><button>${words.openButton}</button></div>
</form>`;
  return framed({ language: page.language, title: `${words.openTitle} · ${page.company}` }, main);
}

/** Renders the page of the result: the purposes that were agreed to; without any, only that the form was received. */
export function donePage(
  page: Confirming & {
    readonly agreed: readonly ConsentPurpose[];
    readonly blocked: readonly ConsentPurpose[];
  },
): FramedPage {
  const words = wordsIn(page.language).publicPages.form;
  const names = wordsIn(page.language).form.purposes;
  const { agreed, blocked } = page;
  const list =
    agreed.length > 0 &&
    html`<p>${words.doneAgreed}</p><ul class="agreed">${agreed.map((purpose) => html`<li>${names[purpose]}</li>`)}</ul>`;
  const stopped =
    blocked.length > 0 &&
    html`<p>${words.doneBlocked({ purposes: blocked.map((purpose) => names[purpose]).join(', ') })}</p>`;
  const lead = agreed.length + blocked.length === 0 ? words.doneOff : '';
  return framed(
    { language: page.language, title: `${words.doneTitle} · ${page.company}`, within: page.within },
    html`${headed(page, words.doneTitle, lead)}\n${list}${stopped}<p>${words.doneStop}</p>`,
  );
}

const headed = ({ company }: Confirming, title: string, lead: string): Html => html`<header>
<p class="company">${company}</p>
<h1>${title}</h1>
${lead !== '' && html`<p class="lead">${lead}</p>`}
</header>`;

function waiting({ language, back }: Confirming & { readonly back: string }, nothingYet: string): Html {
  const words = wordsIn(language).publicPages.form;
  return html`<section class="data">
<p>${nothingYet}</p>
<p>${words.untilThen}</p>
<p><a href="${back}">${words.otherNumber}</a></p>
</section>`;
}
