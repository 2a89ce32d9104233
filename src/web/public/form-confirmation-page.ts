import { attributes, html, type Html } from '../../platform/index.ts';
import type { ConsentPurpose } from '../../people/index.ts';
import { framed, type FramedPage } from './form-frame.ts';
import { wordsIn, type Language } from '../../words/index.ts';

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
  const wrong = page.wrong !== undefined;
  const described = `code-hint${wrong ? ' code-error' : ''}`;
  const main = html`${headed(page, words.codeTitle, words.codeLead)}
<form method="post" action="${page.action}" novalidate>
<input type="hidden" name="answer" value="${page.reference}">
<div class="field${wrong ? ' wrong' : ''}">
<label for="code">${words.codeLabel}</label>
<p class="hint" id="code-hint">${words.codeHint}</p>
${wrong && html`<p class="error" id="code-error" role="alert">${words['error-code']}</p>`}
<input id="code" name="code" class="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="20" autofocus aria-describedby="${described}"${attributes({ 'aria-invalid': wrong && 'true' })}>
</div>
<div class="acts"><button>${words.codeButton}</button></div>
</form>
${waiting(page, words.codeNothing)}`;
  const title = wrong ? `${words.errors} ${words.codeTitle}` : words.codeTitle;
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

function waiting({ language, back }: Confirming & { readonly back: string }, nothing: string): Html {
  const words = wordsIn(language).publicPages.form;
  return html`<section class="data">
<p>${nothing}</p>
<p>${words.untilThen}</p>
<p><a href="${back}">${words.otherNumber}</a></p>
</section>`;
}
