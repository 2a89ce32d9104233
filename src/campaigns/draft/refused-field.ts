import { Refusal, type RefusalCode } from '../../platform/index.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** What is named, and is not there. */
export const NOT_FOUND: Words = bilingual.request.notFound;

/** The refusal of one field of the body, in the words of whoever asks. */
export const refusedField = (
  pointer: string,
  message: Words,
  code: RefusalCode = 'INVALID_REQUEST',
): Refusal => new Refusal(code, { errors: [{ in: 'body', pointer, message }] });

/** Why an account cannot keep a budget: it has no price, or counts in another currency. */
export const wrongBudget = (message: Words): Refusal => refusedField('/budget', message);
