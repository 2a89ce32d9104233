import type { ConsentPurpose } from '../../people/index.ts';
import { escaped } from '../page/escaped.ts';
import { framed, type Page } from './form-frame.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** What every page of a confirmation knows. */
interface Confirming {
  readonly language: Language;
  readonly company: string;
  readonly within: readonly string[] | undefined;
}

/** Where a code is typed; the same whether one left or not. */
export function codePage(
  page: Confirming & {
    readonly action: string;
    readonly back: string;
    readonly reference: string;
    readonly wrong: 'wrong' | undefined;
  },
): Page {
  const words = wordsIn(page.language).publicPages.form;
  const wrong = page.wrong !== undefined;
  const described = `code-hint${wrong ? ' code-error' : ''}`;
  const main = `${headed(page, words.codeTitle, words.codeLead)}
<form method="post" action="${escaped(page.action)}" novalidate>
<input type="hidden" name="answer" value="${escaped(page.reference)}">
<div class="field${wrong ? ' wrong' : ''}">
<label for="code">${words.codeLabel}</label>
<p class="hint" id="code-hint">${words.codeHint}</p>
${wrong ? `<p class="error" id="code-error" role="alert">${words['error-code']}</p>` : ''}
<input id="code" name="code" class="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="20" autofocus aria-describedby="${described}"${wrong ? ' aria-invalid="true"' : ''}>
</div>
<div class="acts"><button>${words.codeButton}</button></div>
</form>
${waiting(page, words.codeNothing)}`;
  const title = wrong ? `${words.errors} ${words.codeTitle}` : words.codeTitle;
  return framed({ language: page.language, title: `${title} · ${page.company}`, within: page.within }, main);
}

/** Says that a link is on its way; the same whether one left or not. */
export function linkPage(page: Confirming & { readonly back: string }): Page {
  const words = wordsIn(page.language).publicPages.form;
  return framed(
    { language: page.language, title: `${words.linkTitle} · ${page.company}`, within: page.within },
    `${headed(page, words.linkTitle, words.linkLead)}\n${waiting(page, words.linkNothing)}`,
  );
}

/** What a link shows: nothing happens before the press. */
export function openPage(page: Confirming & { readonly action: string }): Page {
  const words = wordsIn(page.language).publicPages.form;
  const main = `${headed(page, words.openTitle, words.openLead)}
<form method="post" action="${escaped(page.action)}">
<div class="acts"><button>${words.openButton}</button></div>
</form>`;
  return framed({ language: page.language, title: `${words.openTitle} · ${page.company}` }, main);
}

/** What stands from now on; with no purposes, only that it was noted. */
export function donePage(
  page: Confirming & {
    readonly agreed: readonly ConsentPurpose[];
    readonly barred: readonly ConsentPurpose[];
  },
): Page {
  const words = wordsIn(page.language).publicPages.form;
  const names = wordsIn(page.language).form.purposes;
  const { agreed, barred } = page;
  const list =
    agreed.length === 0
      ? ''
      : `<p>${words.doneAgreed}</p><ul class="agreed">${agreed.map((purpose) => `<li>${names[purpose]}</li>`).join('')}</ul>`;
  const stopped =
    barred.length === 0
      ? ''
      : `<p>${words.doneBarred({ purposes: barred.map((purpose) => names[purpose]).join(', ') })}</p>`;
  const lead = agreed.length + barred.length === 0 ? words.doneOff : '';
  return framed(
    { language: page.language, title: `${words.doneTitle} · ${page.company}`, within: page.within },
    `${headed(page, words.doneTitle, lead)}\n${list}${stopped}<p>${words.doneStop}</p>`,
  );
}

const headed = ({ company }: Confirming, title: string, lead: string): string => `<header>
<p class="company">${escaped(company)}</p>
<h1>${title}</h1>
${lead === '' ? '' : `<p class="lead">${lead}</p>`}
</header>`;

function waiting({ language, back }: Confirming & { readonly back: string }, nothing: string): string {
  const words = wordsIn(language).publicPages.form;
  return `<section class="data">
<p>${nothing}</p>
<p>${words.untilThen}</p>
<p><a href="${escaped(back)}">${words.otherNumber}</a></p>
</section>`;
}
