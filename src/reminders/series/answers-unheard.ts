import type { Reason } from './reason.ts';
import { bilingual } from '../../words/index.ts';

/** Why a reminder waits for a person. */
export const ANSWERS_UNHEARD: Reason = {
  code: 'ANSWERS_IMPOSSIBLE',
  text: bilingual.booking.answersUnheard,
};
