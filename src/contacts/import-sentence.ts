import type { Language, Words } from '../law/rule.ts';
import { type NumberReason, numberSentence } from '../sms/number-reason.ts';

/** Why a row was given back or is noted, in words for whoever made the file. */
const SENTENCES = {
  ROW_UNREADABLE: {
    fr: 'Guillemet jamais refermé ou ligne trop longue.',
    en: 'A quote is never closed, or the line is too long.',
  },
  CELL_TOO_LONG: { fr: 'Cellule trop longue', en: 'Cell too long' },
  HEADER_AGAIN: { fr: 'Cette ligne répète les titres.', en: 'This row repeats the headings.' },
  NOT_OPTED_OUT: {
    fr: 'Cette ligne dit que la personne n’est pas désinscrite.',
    en: 'This row says that the person did not opt out.',
  },
  PHONE_MISSING: { fr: 'Pas de numéro.', en: 'No number.' },
  NUMBER_INVALID: { fr: 'Ce n’est pas un numéro français.', en: 'This is not a French number.' },
  NUMBER_NOT_MOBILE: { fr: 'Ce numéro ne reçoit pas de SMS.', en: 'This number cannot receive an SMS.' },
  PHONE_AMBIGUOUS: {
    fr: 'Deux numéros dans une cellule : gardez celui à qui écrire.',
    en: 'Two numbers in one cell: keep the one to write to.',
  },
  PHONE_DAMAGED_BY_EXCEL: {
    fr: 'Le tableur a arrondi ce numéro : exportez la colonne en texte.',
    en: 'The spreadsheet rounded this number: export the column as text.',
  },
  NUMBER_RETIRED: { fr: 'Ce numéro n’est plus à cette personne.', en: 'This number left that person.' },
  CONTACT_NOT_FOUND: {
    fr: 'Cette personne a été effacée entre-temps.',
    en: 'This person was erased meanwhile.',
  },
  PLACE_UNKNOWN: { fr: 'Territoire inconnu.', en: 'Unknown territory.' },
  TIME_ZONE_UNKNOWN: { fr: 'Fuseau horaire inconnu.', en: 'Unknown time zone.' },
  PURPOSE_UNKNOWN: { fr: 'Finalité inconnue.', en: 'Unknown purpose.' },
  BASIS_UNKNOWN: { fr: 'Base légale inconnue.', en: 'Unknown legal basis.' },
  DATE_INVALID: { fr: 'Date illisible ou impossible', en: 'Unreadable or impossible date' },
  DATE_AMBIGUOUS: {
    fr: 'Jour et mois indiscernables (le jour vient en premier, l’année a quatre chiffres)',
    en: 'Day and month cannot be told apart (the day comes first, the year has four digits)',
  },
  CONSENT_NOT_PROVEN: { fr: 'Consentement non prouvé, il manque', en: 'Consent not proven, missing' },
  METHOD_UNKNOWN: {
    fr: 'Mode de recueil inconnu : nommez-le dans mapping.values.',
    en: 'Unknown way of agreeing: name it in mapping.values.',
  },
  BASIS_NOT_PROVEN: { fr: 'Base légale non prouvée, il manque', en: 'Legal basis not proven, missing' },
  BASIS_NOT_ALLOWED: {
    fr: 'Cette base légale n’est pas ouverte pour cette finalité.',
    en: 'This basis is not open for this purpose.',
  },
  WORDING_NOT_FOUND: { fr: 'Ce texte de consentement n’existe pas.', en: 'There is no such wording.' },
  WORDING_WEAK: {
    fr: 'Ce texte a des faiblesses, et vous refusez de tels textes.',
    en: 'This wording lacks something, and you refuse such wordings.',
  },
  WORDING_NOT_IN_USE: {
    fr: 'Ce texte n’était pas en usage à cette date, ou pas pour cette finalité.',
    en: 'This wording was not in use then, or not for this purpose.',
  },
  PROOF_NOT_NEW: {
    fr: 'La personne avait dit stop : il faut une preuve nouvelle et postérieure.',
    en: 'The person had said stop: a new and later proof is needed.',
  },
} as const satisfies Record<string, Words>;

/** A code that a row may be given back with. */
export type RowCode = keyof typeof SENTENCES;

/** What is wrong with one row; `fields` are names of columns, never their content. */
export interface RowProblem {
  readonly code: RowCode;
  /** What a number is, when it is no mobile. */
  readonly reason?: NumberReason | undefined;
  readonly fields?: readonly string[] | undefined;
}

/** Whether a code has a sentence here. */
export const isRowCode = (code: string): code is RowCode => Object.hasOwn(SENTENCES, code);

/** The sentence for one row, free of what the row says. */
export function sentenceFor({ code, reason, fields = [] }: RowProblem, language: Language): string {
  if (reason !== undefined) return numberSentence(reason, language);
  const sentence = SENTENCES[code][language];
  if (fields.length === 0) return /[.)]$/.test(sentence) ? sentence : `${sentence}.`;
  const separator = sentence.endsWith('.') ? ' ' : language === 'fr' ? ' : ' : ': ';
  return `${sentence}${separator}${fields.join(', ')}.`;
}
