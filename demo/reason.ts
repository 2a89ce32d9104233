const WORDS: Readonly<Record<string, string>> = {
  CONSENT_NOT_PROVEN: 'no proof of a consent came with the row',
  CONSENT_WITHDRAWN: 'they said stop earlier',
  CONSENT_EXPIRED: 'the consent is too old',
  SUPPRESSED: 'the number is on the list of those who said stop',
  NO_BASIS: 'no consent for this purpose',
  MINOR: 'under 18: no advertising',
  NUMBER_INVALID: 'not a French number',
  NUMBER_NOT_MOBILE: 'a landline: no SMS',
  PHONE_MISSING: 'no number in the row',
  PHONE_AMBIGUOUS: 'two numbers in one cell: none is guessed',
  PHONE_DAMAGED_BY_EXCEL: 'the number was damaged by a spreadsheet',
  PLACE_UNKNOWN: 'it cannot be told where they are, so not which hour it is',
  DUPLICATE: 'already in this audience',
  EXPIRED: 'the offer was over',
};

/** A code of the system as a person says it; an unknown one as it is. */
export const inWords = (code: string): string =>
  WORDS[code] === undefined ? code : `${WORDS[code]} (${code})`;
