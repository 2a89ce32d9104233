import type { Reason } from './reason.ts';

/** Why a reminder waits for a person. */
export const ANSWERS_UNHEARD: Reason = {
  code: 'ANSWERS_IMPOSSIBLE',
  text: {
    fr: 'Le texte demande une réponse, et ce compte n’en reçoit pas : changez le texte ou le compte.',
    en: 'The text asks for an answer, and this account receives none: change the text or the account.',
  },
};
