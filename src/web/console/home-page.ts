import { html, type Html } from '../../platform/index.ts';
import type { ConsolePage, Door } from './frame-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** The page that asks for a key; `next` is the page to return to. */
export function signInPage(
  language: Language,
  {
    next,
    refused,
    byDirectory,
  }: { readonly next: string; readonly refused?: string | undefined; readonly byDirectory: boolean },
): ConsolePage {
  const words = wordsIn(language).consolePages.home;
  const said: Readonly<Record<string, string>> = words;
  return {
    title: words.title,
    main: html`${refused === undefined ? '' : html`<p class="alert" role="alert">${said[refused] ?? words.refused}</p>`}
${byDirectory ? html`<p><a class="button" href="/console/oidc?next=${encodeURIComponent(next)}">${words.directory}</a></p>` : ''}
<p>${words.lead}</p>
<form method="post" action="/console/session" class="fields">
<input type="hidden" name="next" value="${next}">
<div><label for="key">${words.key}</label><input id="key" name="key" type="password" autocomplete="current-password" required maxlength="200"></div>
<p><button>${words.enter}</button></p>
</form>`,
  };
}

/** Shows the pages that the visitor may open, the three of each day first. */
export function homePage(
  { language }: { readonly language: Language },
  { doors, awaiting }: { readonly doors: readonly Door[]; readonly awaiting: Html },
): ConsolePage {
  const words = wordsIn(language).consolePages.home;
  const main = doors.filter((door) => door.main === true);
  const rest = doors.filter((door) => door.main !== true);
  return {
    title: words.home,
    main: html`${awaiting}${main.length === 0 ? '' : html`<div class="doors">${main.map((door) => bigDoor(door, language))}</div>`}
<h2>${words.rest}</h2>
<ul>${rest.map((door) => html`<li><a href="/console${door.path}">${door.words[language]}</a></li>`)}</ul>`,
  };
}

function bigDoor({ path, words }: Door, language: Language): Html {
  const said: Readonly<Record<string, string>> = wordsIn(language).consolePages.home;
  return html`<a href="/console${path}"><strong>${words[language]}</strong><span>${said[path] ?? ''}</span></a>`;
}
