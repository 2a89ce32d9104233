import { filled, type FactsOf } from './filled.ts';
import { faults, type BareFault, type FaultSentence } from './french/faults.ts';
import type { Language, Words } from './language.ts';

const FRENCH: Readonly<Record<string, string>> = faults;

/** A sentence about a field or a format of the API: a page of the console words it differently. */
export interface ForPrograms extends Words {
  readonly isForPrograms: true;
}

/** A sentence in the reader's language; a text alone is one for programs, with its French in the catalogue. */
export type Said = Words | ForPrograms | BareFault;

/** Builds a sentence about a request in each language, with its facts. */
export const fault = <S extends FaultSentence>(sentence: S, ...[facts]: FactsOf<S>): ForPrograms => ({
  ...filled({ fr: faults[sentence], en: sentence }, facts),
  isForPrograms: true,
});

/** Says whether people may read the sentence as it is. */
export const isForPeople = (sentence: Said): sentence is Exclude<Said, string> =>
  typeof sentence !== 'string' && !('isForPrograms' in sentence);

/** Returns a sentence in one language. */
export const said = (sentence: Said, language: Language): string =>
  typeof sentence === 'string' ? faultIn(sentence, language) : sentence[language];

/** Words a field's fault in the reader's language; the library's own sentences already are. */
export const faultIn = (
  sentence: string,
  language: Language,
  facts: Readonly<Record<string, string | number>> = {},
): string =>
  Object.hasOwn(FRENCH, sentence)
    ? filled({ fr: FRENCH[sentence] ?? sentence, en: sentence }, facts)[language]
    : sentence;

/** Words the same errors in one language. */
export const saidIn = (
  errors: readonly { readonly pointer: string; readonly message: Said }[],
  language: Language,
): readonly { readonly pointer: string; readonly message: string }[] =>
  errors.map(({ message, ...where }) => ({ ...where, message: said(message, language) }));
