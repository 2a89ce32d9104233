import { Refusal, type RefusalCode } from '../../platform/index.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** The fault of a named object that does not exist. */
export const NOT_FOUND: Words = bilingual.request.notFound;

/** Refuses one field of the body, in the caller's language. */
export const refusedField = (
  pointer: string,
  message: Words,
  code: RefusalCode = 'INVALID_REQUEST',
): Refusal => new Refusal(code, { errors: [{ in: 'body', pointer, message }] });

/** Refuses an account that cannot keep a budget: it has no price, or another currency. */
export const wrongBudget = (message: Words): Refusal => refusedField('/budget', message);
