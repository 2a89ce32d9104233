import { bilingual, type Language } from '../../words/index.ts';

const REASONS = bilingual.sms.numbers;

/** The reason why nobody can be written to at a number, finer than the code of its refusal. */
export type NumberReason = keyof typeof REASONS;

/** Returns the sentence of a reason, without the number itself. */
export const numberSentence = (reason: NumberReason, language: Language): string => REASONS[reason][language];

/** 14 digits since 2014, ten for the first of them; overseas ranges write their own country code. */
const MACHINE = /^(?:(?:33|262|508|590|594|596)0?|0?)70[0-4]\d{6,10}$/;

/** Emergency, 1xx, 10xx, 116xxx, 118xxx, 3xxx and SMS codes of five digits. */
const SHORT = /^(?:1\d|1[01]\d|19\d|10\d{2}|116\d{3}|118\d{3}|3\d{3}|[3-8]\d{4})$/;

/** Explains why digits are no number of a person. */
export function unreadReason(digits: string): NumberReason {
  if (MACHINE.test(digits.replace(/^00/, ''))) return 'NUMBER_M2M';
  if (/^118\d{3}$/.test(digits)) return 'NUMBER_PREMIUM';
  return SHORT.test(digits) ? 'NUMBER_SHORT' : 'NUMBER_NOT_ASSIGNED';
}
