import { faults, type BareFault, type FaultSentence } from './french/faults.ts';
import type { Language, Words } from './translation.ts';

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

/** The names of the facts in a sentence, as `{count}`. */
type FactOf<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | FactOf<Rest>
  : never;

/** The facts of a sentence; none without placeholders. */
export type FactsOf<Sentence extends string> = [FactOf<Sentence>] extends [never]
  ? readonly []
  : readonly [facts: Readonly<Record<FactOf<Sentence>, string | number>>];

/** Fills a sentence in each language; throws where a fact is missing. */
export function filled({ fr, en }: Words, facts: Readonly<Record<string, string | number>> = {}): Words {
  const fill = (sentence: string): string =>
    sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(given(facts, name)));
  return { fr: fill(fr), en: fill(en) };
}

function given(facts: Readonly<Record<string, string | number>>, name: string): string | number {
  const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (fact === undefined) throw new TypeError(`A sentence lacks its fact {${name}}.`);
  return fact;
}
