import { attributes, html, inLines, nothing, type Html } from '../../platform/index.ts';
import type { FormShown, ShownBox, ConsentPurpose } from '../../people/index.ts';
import { framed, type FramedPage } from './form-frame.ts';
import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';

/** A field and its fault. */
export interface FieldError {
  readonly field: 'boxes' | 'phone' | 'firstName' | 'adult';
  readonly said: Extract<keyof Catalogue['publicPages']['form'], `error-${string}`>;
}

/** A form for one display. */
export interface FormPage {
  readonly shown: FormShown;
  /** The form's target, with the language and the embedding it was shown in. */
  readonly action: string;
  readonly otherLanguage: string;
  readonly within: readonly string[] | undefined;
  readonly ticket: string;
  readonly errors: readonly FieldError[];
  /** The number typed before; we never tick boxes again. */
  readonly phone: string;
  readonly firstName: string;
}

/** The page on which somebody agrees, or does not. */
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
    inLines([head, summary(page), form(page), data(shown)]),
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

function form(page: FormPage): Html {
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
${adult(page)}
<div class="acts">
<button name="act" value="accept">${accept}</button>
<button name="act" value="refuse">${refuse}</button>
</div>
</form>`;
}

const errorOf = ({ errors }: FormPage, field: FieldError['field']): FieldError | undefined =>
  errors.find((error) => error.field === field);

/** Connects a group with its fault. */
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

function adult(page: FormPage): Html {
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

function data({ dataName, data: pairs, notice }: FormShown): Html {
  return html`<section class="data" aria-labelledby="data-name">
<h2 id="data-name">${dataName}</h2>
<dl>
${inLines(pairs.map(([name, said]) => html`<div><dt>${name}</dt><dd>${said}</dd></div>`))}
</dl>
${inLines(notice.map((paragraph) => html`<p>${paragraph}</p>`))}
</section>`;
}

/** The data of every page of a confirmation. */
interface Confirming {
  readonly language: Language;
  readonly company: string;
  readonly within: readonly string[] | undefined;
}

/** The page that asks for a code; the same whether one was sent or not. */
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

/** The page that announces a link; the same whether one was sent or not. */
export function linkPage(page: Confirming & { readonly back: string }): FramedPage {
  const words = wordsIn(page.language).publicPages.form;
  return framed(
    { language: page.language, title: `${words.linkTitle} · ${page.company}`, within: page.within },
    html`${headed(page, words.linkTitle, words.linkLead)}\n${waiting(page, words.linkNothing)}`,
  );
}

/** The page of a link: nothing happens before the press. */
export function openPage(page: Confirming & { readonly action: string }): FramedPage {
  const words = wordsIn(page.language).publicPages.form;
  const main = html`${headed(page, words.openTitle, words.openLead)}
<form method="post" action="${page.action}">
<div class="acts"><button>${words.openButton}</button></div>
</form>`;
  return framed({ language: page.language, title: `${words.openTitle} · ${page.company}` }, main);
}

/** The page of the result; without purposes, only a receipt. */
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
