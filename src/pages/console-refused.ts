import { refusedFileSentence } from '../contacts/refused-file.ts';
import type { RefusalCode, RefusalDetails } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import type { ConsolePage } from './console-frame.ts';
import { escaped } from './escaped.ts';
import { isForPeople } from '../words/fault.ts';
import { refusalOnPage } from '../words/refusal.ts';

const WAY_BACK = {
  fr: '<a href="/console">Revenir à l’accueil</a>',
  en: '<a href="/console">Back to the start</a>',
} as const satisfies Record<Language, string>;

/** What was refused, and what to do: for an address that bears no form to come back to. */
export function refusedPage(
  language: Language,
  { code, details }: { readonly code: RefusalCode; readonly details: RefusalDetails },
): ConsolePage {
  const more = refusedDetail(language, details);
  return {
    title: language === 'fr' ? 'Pas possible' : 'Not possible',
    main: `<p class="alert" role="alert">${escaped(refusalOnPage(code, language))}</p>
${more === undefined ? '' : `<p>${escaped(more)}</p>`}
<p>${WAY_BACK[language]}</p>`,
  };
}

/** What a refusal adds for people; what it says to programs alone, or in another language, is left out. */
export function refusedDetail(
  language: Language,
  { detail, ...details }: RefusalDetails,
): string | undefined {
  const file = refusedFileSentence(details, language);
  if (file !== undefined || detail === undefined) return file;
  return isForPeople(detail) ? detail[language] : undefined;
}
