import { html, type Html, nothing } from '../../platform/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../../people/index.ts';
import type { ContactMeans } from '../../company/index.ts';
import { framed, type FramedPage } from './form-frame.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** The tenant and scope of an opt-out link. */
export interface OptOutPage {
  readonly language: Language;
  readonly company: string;
  readonly legalName: string;
  readonly contact: ContactMeans;
  /** The purpose of the message with the link. */
  readonly purpose: ConsentPurpose;
  readonly scope: readonly ConsentPurpose[] | 'all';
  /** The target of the press. */
  readonly action: string;
  readonly otherLanguage: string;
}

/** Shows what one press stops; nothing has happened yet. */
export function askPage(page: OptOutPage): FramedPage {
  const words = wordsIn(page.language).publicPages.optOut;
  const main = html`${headed(page, words.askTitle, words.askLead)}
${stopped(page)}
<form method="post" action="${page.action}">
<label class="box" for="everything">
<input type="checkbox" id="everything" name="everything" value="yes" aria-describedby="rest">
<span><strong>${words.everything}</strong><span class="words" id="rest">${rest(page)}</span></span>
</label>
<div class="acts"><button>${words.button}</button></div>
</form>
<p class="hint">${words.free}</p>
${stands(page)}
${publisher(page)}`;
  return framedAs(page, words.askTitle, main);
}

/** Shows what has stopped, for the first time or again. */
export function stoppedPage(page: OptOutPage, time: 'now' | 'already'): FramedPage {
  const words = wordsIn(page.language).publicPages.optOut;
  const title = time === 'now' ? words.doneTitle : words.alreadyTitle;
  const lead = page.scope === 'all' ? words.allLead : words.doneLead;
  const main = html`${headed(page, title, lead)}
${stopped(page)}
${time === 'now' && html`<p>${words.wire}</p>`}
${stands(page)}
${page.scope !== 'all' && moreOf(page)}
${publisher(page)}`;
  return framedAs(page, title, main);
}

/** A link that stops nothing, and how to stop all the same. */
export function lostPage(lost: 'gone' | 'expired', language: Language): FramedPage {
  const words = wordsIn(language).publicPages.optOut;
  const title = words[`${lost}Title`];
  const lead = words[`${lost}Lead`];
  return framed(
    { language, title },
    html`<header><h1>${title}</h1><p class="lead">${lead}</p></header>\n<p>${words.instead}</p>`,
  );
}

/** An opt-out kept while its person cannot be looked up: it is valid all the same. */
export function keptPage(language: Language): FramedPage {
  const words = wordsIn(language).publicPages.optOut;
  return framed(
    { language, title: words.doneTitle },
    html`<header><h1>${words.doneTitle}</h1><p class="lead">${words.keptLead}</p></header>\n<p>${words.wire}</p>`,
  );
}

/** Nothing was done, and the reason to come back. */
export function laterPage(why: 'many' | 'away', language: Language): FramedPage {
  const words = wordsIn(language).publicPages.optOut;
  const title = words[`${why}Title`];
  return framed(
    { language, title },
    html`<header><h1>${title}</h1><p class="lead">${words[`${why}Lead`]}</p></header>\n<p>${words.instead}</p>`,
  );
}

const framedAs = ({ language, company, otherLanguage }: OptOutPage, title: string, main: Html): FramedPage =>
  framed({ language, title: `${title} · ${company}`, otherLanguage }, main);

const named = (text: string, { company }: OptOutPage): string => text.replace('{company}', () => company);

const headed = (page: OptOutPage, title: string, lead: string): Html =>
  html`<header><p class="company">${page.company}</p><h1>${title}</h1><p class="lead">${named(lead, page)}</p></header>`;

function stopped({ scope, language }: OptOutPage): Html {
  if (scope === 'all') return nothing;
  const { things } = wordsIn(language).publicPages.optOut;
  return html`<ul class="agreed">${scope.map((purpose) => html`<li>${things[purpose]}</li>`)}</ul>`;
}

/** Words the full scope, besides what one press stops anyway. */
function rest({ scope, language }: OptOutPage): string {
  const { things, everythingWords } = wordsIn(language).publicPages.optOut;
  const others = CONSENT_PURPOSES.filter((purpose) => scope !== 'all' && !scope.includes(purpose));
  return everythingWords.replace('{rest}', others.map((purpose) => things[purpose]).join(', '));
}

function moreOf({ language, action }: OptOutPage): Html {
  const words = wordsIn(language).publicPages.optOut;
  return html`<form method="post" action="${action}" aria-label="${words.more}">
<input type="hidden" name="everything" value="yes">
<div class="acts"><button>${words.moreButton}</button></div>
</form>`;
}

function stands({ purpose, language }: OptOutPage): Html {
  const said = wordsIn(language).publicPages.optOut.stand[purpose];
  return said === '' ? nothing : html`<p>${said}</p>`;
}

function publisher({ language, legalName, contact }: OptOutPage): Html {
  const words = wordsIn(language).publicPages.optOut;
  const means = [contact.phone, contact.email, contact.address, contact.url].filter(
    (one) => one !== undefined && one !== '',
  );
  const reach =
    means.length > 0 && html` ${words.reach}${wordsIn(language).punctuation.colon}${means.join(', ')}.`;
  return html`<section class="data" aria-label="${words.editor}"><p>${words.editor} ${legalName}.${reach}</p><p>${words.otherWays}</p></section>`;
}
