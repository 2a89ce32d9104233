import { type NumberReason, numberSentence } from '../../sms/index.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';

/** Why a row was given back or is noted, in words for whoever made the file. */
const SENTENCES = bilingual.importing.rows;

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
  const separator = sentence.endsWith('.') ? ' ' : wordsIn(language).punctuation.colon;
  return `${sentence}${separator}${fields.join(', ')}.`;
}
