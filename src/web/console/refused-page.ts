import { refusedFileSentence } from '../../people/index.ts';
import { html, type RefusalCode, type RefusalDetails, refusalOnPage } from '../../platform/index.ts';
import type { ConsolePage } from './frame-page.ts';
import { bilingual, isForPeople, wordsIn, type Language } from '../../words/index.ts';

const WAY_BACK = bilingual.consolePages.wayBack;

/** The page of a refusal and its remedy: for an address without a form to return to. */
export function refusedPage(
  language: Language,
  { code, details }: { readonly code: RefusalCode; readonly details: RefusalDetails },
): ConsolePage {
  const more = refusedDetail(language, details);
  return {
    title: wordsIn(language).consolePages.notPossible,
    main: html`<p class="alert" role="alert">${refusalOnPage(code, language)}</p>
${more === undefined ? '' : html`<p>${more}</p>`}
<p><a href="/console">${WAY_BACK[language]}</a></p>`,
  };
}

/** Words the details of a refusal for people; those for programs, or in another language, are left out. */
export function refusedDetail(
  language: Language,
  { detail, ...details }: RefusalDetails,
): string | undefined {
  const file = refusedFileSentence(details, language);
  if (file !== undefined || detail === undefined) return file;
  return isForPeople(detail) ? detail[language] : undefined;
}
