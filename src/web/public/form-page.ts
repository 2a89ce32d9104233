import type { FormShown, ShownBox } from '../../people/index.ts';
import { escaped } from '../page/escaped.ts';
import { framed, type Page } from './form-frame.ts';
import { wordsIn, type Catalogue } from '../../words/index.ts';

/** A field and what is wrong with it. */
export interface FieldError {
  readonly field: 'boxes' | 'phone' | 'firstName' | 'adult';
  readonly said: Extract<keyof Catalogue['publicPages']['form'], `error-${string}`>;
}

/** A form as it is shown once. */
export interface FormPage {
  readonly shown: FormShown;
  /** Where it is sent, with the language and the embedding it was shown in. */
  readonly action: string;
  readonly otherLanguage: string;
  readonly within: readonly string[] | undefined;
  readonly ticket: string;
  readonly errors: readonly FieldError[];
  /** What was typed before; boxes are never ticked again by us. */
  readonly phone: string;
  readonly firstName: string;
}

/** The page on which somebody agrees, or does not. */
export function formPage(page: FormPage): Page {
  const { shown } = page;
  const { language, title, within } = { ...page, ...shown };
  const head = `<header>
<p class="company">${escaped(shown.company)}</p>
<h1>${escaped(title)}</h1>
<p class="lead">${escaped(shown.lead)}</p>
</header>`;
  const pageTitle = `${page.errors.length > 0 ? `${wordsIn(language).publicPages.form.errors} ` : ''}${title} · ${shown.company}`;
  return framed(
    { language, title: pageTitle, otherLanguage: page.otherLanguage, within },
    [head, summary(page), form(page), data(shown)].join('\n'),
  );
}

function summary({ errors, shown }: FormPage): string {
  if (errors.length === 0) return '';
  const words = wordsIn(shown.language).publicPages.form;
  const items = errors.map(
    ({ field, said }) => `<li><a href="#${idOf(field, shown)}">${words[said]}</a></li>`,
  );
  return `<div class="errors" role="alert" tabindex="-1" autofocus>
<h2>${words.errors}</h2>
<ul>${items.join('')}</ul>
<p>${words.again}</p>
</div>`;
}

const idOf = (field: FieldError['field'], { boxes }: FormShown): string =>
  field === 'boxes' ? `box-${boxes[0]?.purpose ?? ''}` : field;

function form(page: FormPage): string {
  const { shown, action, ticket } = page;
  const words = wordsIn(shown.language).publicPages.form;
  const [accept = '', refuse = ''] = shown.acts;
  return `<form method="post" action="${escaped(action)}" novalidate>
<input type="hidden" name="ticket" value="${escaped(ticket)}">
<div class="trap" aria-hidden="true"><label>${words.trap} <input name="relance" tabindex="-1" autocomplete="off"></label></div>
<fieldset${invalid(page, 'boxes')}>
<legend>${escaped(shown.boxesName)}</legend>
<p class="hint">${escaped(shown.free)}</p>
${wrong(page, 'boxes')}
${shown.boxes.map((box) => boxOf(box, page)).join('\n')}
</fieldset>
${textField(page, { field: 'phone', label: shown.phone.label, hint: shown.phone.hint, input: 'type="tel" inputmode="tel" autocomplete="tel-national"' })}
${shown.firstName === undefined ? '' : textField(page, { field: 'firstName', label: shown.firstName, hint: '', input: 'type="text" autocomplete="given-name" maxlength="60"' })}
${adult(page)}
<div class="acts">
<button name="act" value="accept">${escaped(accept)}</button>
<button name="act" value="refuse">${escaped(refuse)}</button>
</div>
</form>`;
}

const errorOf = ({ errors }: FormPage, field: FieldError['field']): FieldError | undefined =>
  errors.find((error) => error.field === field);

/** Ties a group to what is wrong with it. */
const invalid = (page: FormPage, field: FieldError['field']): string =>
  errorOf(page, field) === undefined ? '' : ` class="wrong" aria-describedby="${field}-error"`;

function wrong(page: FormPage, field: FieldError['field']): string {
  const error = errorOf(page, field);
  if (error === undefined) return '';
  return `<p class="error" id="${field}-error">${wordsIn(page.shown.language).publicPages.form[error.said]}</p>`;
}

function boxOf({ purpose, name, words, language }: ShownBox, { shown }: FormPage): string {
  const lang = language === shown.language ? '' : ` lang="${language}"`;
  return `<label class="box" for="box-${purpose}">
<input type="checkbox" id="box-${purpose}" name="box_${purpose}" value="yes" aria-describedby="words-${purpose}">
<span><strong>${escaped(name)}</strong><span class="words" id="words-${purpose}"${lang}>${escaped(words)}</span></span>
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
    readonly input: string;
  },
): string {
  const error = errorOf(page, field);
  const described = [
    ...(hint === '' ? [] : [`${field}-hint`]),
    ...(error === undefined ? [] : [`${field}-error`]),
  ].join(' ');
  return `<div class="field${error === undefined ? '' : ' wrong'}">
<label for="${field}">${escaped(label)}</label>
${hint === '' ? '' : `<p class="hint" id="${field}-hint">${escaped(hint)}</p>`}
${wrong(page, field)}
<input id="${field}" name="${field}" ${input} value="${escaped(page[field])}"${described === '' ? '' : ` aria-describedby="${described}"`}${error === undefined ? '' : ' aria-invalid="true"'}>
</div>`;
}

function adult(page: FormPage): string {
  const { adult: asked } = page.shown;
  if (asked === undefined) return '';
  const error = errorOf(page, 'adult');
  const described = `adult-hint${error === undefined ? '' : ' adult-error'}`;
  return `<div class="field${error === undefined ? '' : ' wrong'}">
${wrong(page, 'adult')}
<label class="box" for="adult">
<input type="checkbox" id="adult" name="adult" value="yes" aria-describedby="${described}"${error === undefined ? '' : ' aria-invalid="true"'}>
<span><strong>${escaped(asked.label)}</strong><span class="words" id="adult-hint">${escaped(asked.hint)}</span></span>
</label>
</div>`;
}

function data({ dataName, data: pairs, notice }: FormShown): string {
  return `<section class="data" aria-labelledby="data-name">
<h2 id="data-name">${escaped(dataName)}</h2>
<dl>
${pairs.map(([name, said]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(said)}</dd></div>`).join('\n')}
</dl>
${notice.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n')}
</section>`;
}
