import type { Language, Words } from '../law/rule.ts';

const REASONS = {
  NUMBER_LANDLINE: { fr: 'C’est un fixe : il ne reçoit pas de SMS.', en: 'A landline receives no SMS.' },
  NUMBER_VOIP: {
    fr: 'C’est un numéro de téléphonie par internet (09) : il ne reçoit pas de SMS.',
    en: 'An internet telephony number (09) receives no SMS.',
  },
  NUMBER_M2M: {
    fr: 'C’est un numéro de machine (0700 à 0704) : personne ne le lit.',
    en: 'A machine number (0700 to 0704): nobody reads it.',
  },
  NUMBER_SHORT: {
    fr: 'C’est un numéro court : on ne lui écrit pas de campagne.',
    en: 'A short number is not a person’s.',
  },
  NUMBER_PREMIUM: { fr: 'C’est un numéro surtaxé.', en: 'A premium-rate number.' },
  NUMBER_TOLL_FREE: { fr: 'C’est un numéro gratuit d’entreprise.', en: 'A toll-free number of a company.' },
  NUMBER_FOREIGN: {
    fr: 'C’est un numéro étranger : ce moteur n’envoie qu’en France.',
    en: 'A foreign number: this engine sends in France alone.',
  },
  NUMBER_MONACO: {
    fr: 'C’est un numéro de Monaco, qui n’est pas la France.',
    en: 'A number of Monaco, which is not France.',
  },
  NUMBER_OTHER_LINE: {
    fr: 'Cette ligne n’est pas un mobile : elle ne reçoit pas de SMS.',
    en: 'This line is no mobile: it receives no SMS.',
  },
  NUMBER_NOT_ASSIGNED: {
    fr: 'Aucun opérateur français n’a cette tranche, ou il manque des chiffres.',
    en: 'No French operator has this range, or digits are missing.',
  },
  NUMBER_NOT_WRITTEN: { fr: 'Ce n’est pas un numéro de téléphone.', en: 'This is no phone number.' },
} as const satisfies Record<string, Words>;

/** Why nobody can be written to at a number, finer than the code of its refusal. */
export type NumberReason = keyof typeof REASONS;

/** The sentence of a reason, free of the number itself. */
export const numberSentence = (reason: NumberReason, language: Language): string => REASONS[reason][language];

/** 14 digits since 2014, ten for the first of them; overseas ranges write their own country code. */
const MACHINE = /^(?:(?:33|262|508|590|594|596)0?|0?)70[0-4]\d{6,10}$/;

/** Emergency, 1xx, 10xx, 116xxx, 118xxx, 3xxx and SMS codes of five digits. */
const SHORT = /^(?:1\d|1[01]\d|19\d|10\d{2}|116\d{3}|118\d{3}|3\d{3}|[3-8]\d{4})$/;

/** What digits are, from which no number of a person could be read. */
export function unreadReason(digits: string): NumberReason {
  if (MACHINE.test(digits.replace(/^00/, ''))) return 'NUMBER_M2M';
  if (/^118\d{3}$/.test(digits)) return 'NUMBER_PREMIUM';
  return SHORT.test(digits) ? 'NUMBER_SHORT' : 'NUMBER_NOT_ASSIGNED';
}
