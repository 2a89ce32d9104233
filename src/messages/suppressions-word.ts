import type { Words } from '../law/rule.ts';

/** While a list of people who left is read, nobody it may name is written to. */
export const LIST_UNREAD = {
  fr: 'Une liste de désinscrits est en cours de lecture.',
  en: 'A list of people who left is being read.',
} as const satisfies Words;

/** A row stopped the reading of such a list: a person must act. */
export const listParked = (importId: string): Words => ({
  fr: `La lecture d’une liste de désinscrits s’est arrêtée à l’une de ses lignes (import ${importId}) : renvoyez le fichier corrigé, puis annulez cet import.`,
  en: `A row stopped the reading of a list of people who left (import ${importId}): send the corrected file, then cancel that import.`,
});
