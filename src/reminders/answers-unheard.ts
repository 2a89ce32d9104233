import type { Words } from '../law/rule.ts';
import type { Because } from '../messages/plan.ts';
import { languageOf } from '../sms/default-text.ts';

/** Why a reminder waits for a person, in each language. */
export const ANSWERS_UNHEARD: Words = {
  fr: 'Le texte demande une réponse, et ce compte n’en reçoit pas : changez le texte ou le compte.',
  en: 'The text asks for an answer, and this account receives none: change the text or the account.',
};

/** The same in the language of a locale, as the send path says it. */
export const answersUnheard = (locale: string): Because => ({
  code: 'ANSWERS_IMPOSSIBLE',
  text: ANSWERS_UNHEARD[languageOf(locale)],
});
