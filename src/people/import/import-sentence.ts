import { type NumberReason, numberSentence } from '../../sms/index.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';

/** The reasons of rejections and remarks, in words for the file's author. */
const SENTENCES = bilingual.importing.rows;

/** The code of a rejection. */
export type RowCode = keyof typeof SENTENCES;

/** The fault of one row; `fields` are names of columns, never their content. */
export interface RowProblem {
  readonly code: RowCode;
  /** The reason why a number is no mobile. */
  readonly reason?: NumberReason | undefined;
  readonly fields?: readonly string[] | undefined;
}

/** Says whether a code has a sentence here. */
export const isRowCode = (code: string): code is RowCode => Object.hasOwn(SENTENCES, code);

/** Returns the sentence for one row, without its content. */
export function sentenceFor({ code, reason, fields = [] }: RowProblem, language: Language): string {
  if (reason !== undefined) return numberSentence(reason, language);
  const sentence = SENTENCES[code][language];
  if (fields.length === 0) return /[.)]$/.test(sentence) ? sentence : `${sentence}.`;
  const separator = sentence.endsWith('.') ? ' ' : wordsIn(language).punctuation.colon;
  return `${sentence}${separator}${fields.join(', ')}.`;
}
