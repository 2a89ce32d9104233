import { faults, type BareFault, type FaultSentence } from './french/faults.ts';

/** The facts of a sentence, by name. */
export type Facts<Name extends string> = Readonly<Record<Name, string | number>>;

/** The type of a catalogue in another language: the same entries, none missing and none spare. */
export type Translation<French> = French extends string
  ? string
  : French extends (...args: infer Args) => infer Text
    ? (...args: Args) => Translation<Text>
    : { readonly [Name in keyof French]: Translation<French[Name]> };

/** The type of two catalogues joined: a sentence is `Words`, and its facts may be `Words` too. */
type InBoth<Catalogue> = Catalogue extends string
  ? Words
  : Catalogue extends (...args: infer Args) => infer Text
    ? (...args: { readonly [At in keyof Args]: FactsInBoth<Args[At]> }) => Readonly<Record<Language, Text>>
    : Catalogue extends readonly unknown[]
      ? Readonly<Record<Language, Catalogue>>
      : { readonly [Name in keyof Catalogue]: InBoth<Catalogue[Name]> };

type FactsInBoth<Args> =
  Args extends Facts<string>
    ? { readonly [Name in keyof Args]: Args[Name] | (string extends Args[Name] ? Words : never) }
    : Args;

type SentenceMaker = (...args: readonly unknown[]) => unknown;
type Entry = string | readonly string[] | SentenceMaker | Entries;
interface Entries {
  readonly [name: string]: Entry;
}

/** Joins two catalogues into one that has each entry in both languages. */
export function paired<Catalogue>(french: Catalogue, english: Catalogue): InBoth<Catalogue>;
export function paired(french: Entries, english: Entries): unknown {
  return Object.fromEntries(
    Object.entries(french).map(([name, entry]) => [name, pairOf(entry, english[name] ?? entry)]),
  );
}

function pairOf(fr: Entry, en: Entry): unknown {
  if (typeof fr === 'function' && typeof en === 'function')
    return (...args: readonly unknown[]) => ({
      fr: fr(...argsIn(args, 'fr')),
      en: en(...argsIn(args, 'en')),
    });
  return isEntries(fr) && isEntries(en) ? paired(fr, en) : { fr, en };
}

const isEntries = (entry: Entry): entry is Entries => typeof entry === 'object' && !Array.isArray(entry);

/** Replaces each fact that is `Words` by its text in one language. */
const argsIn = (args: readonly unknown[], language: Language): readonly unknown[] =>
  args.map((facts) =>
    isRecord(facts)
      ? Object.fromEntries(
          Object.entries(facts).map(([name, fact]) => [name, isWords(fact) ? fact[language] : fact]),
        )
      : facts,
  );

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWords = (fact: unknown): fact is Words => isRecord(fact) && 'fr' in fact && 'en' in fact;

/** The languages of Bonheure. */
export type Language = 'fr' | 'en';

/** One sentence, in each language. */
export type Words = Readonly<Record<Language, string>>;

/** Returns the language of a BCP 47 tag; French for any other than French and English. */
export function languageOf(locale: string): Language {
  return /^en(?:[-_]|$)/i.test(locale.trim()) ? 'en' : 'fr';
}

/** Applies a function to each language. */
export const inEachLanguage = <T>(wordsFor: (language: Language) => T): Readonly<Record<Language, T>> => ({
  fr: wordsFor('fr'),
  en: wordsFor('en'),
});

const FRENCH: Readonly<Record<string, string>> = faults;

/** A sentence about a field or a format of the API, which pages of the console do not show as it is. */
export interface ForPrograms extends Words {
  readonly isForPrograms: true;
}

/** A sentence for a reader; a bare text is an English one for programs, whose French is in `faults`. */
export type Said = Words | ForPrograms | BareFault;

/** Returns a sentence about a request in each language, with its facts filled in. */
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

/**
 * Returns a field's fault in the reader's language; a sentence that is not in `faults` comes from the library and is
 * returned as it is.
 */
export const faultIn = (
  sentence: string,
  language: Language,
  facts: Readonly<Record<string, string | number>> = {},
): string =>
  Object.hasOwn(FRENCH, sentence)
    ? filled({ fr: FRENCH[sentence] ?? sentence, en: sentence }, facts)[language]
    : sentence;

/** Returns errors with their messages in one language. */
export const saidIn = (
  errors: readonly { readonly pointer: string; readonly message: Said }[],
  language: Language,
): readonly { readonly pointer: string; readonly message: string }[] =>
  errors.map(({ message, ...where }) => ({ ...where, message: said(message, language) }));

/** The names of the facts in a sentence, as `{count}`. */
type FactOf<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | FactOf<Rest>
  : never;

/** The facts that a sentence needs, as its last argument; none without placeholders. */
export type FactsOf<Sentence extends string> = [FactOf<Sentence>] extends [never]
  ? readonly []
  : readonly [facts: Readonly<Record<FactOf<Sentence>, string | number>>];

/** Fills a sentence in each language; throws where a fact is missing. */
export function filled({ fr, en }: Words, facts: Readonly<Record<string, string | number>> = {}): Words {
  const fill = (sentence: string): string =>
    sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(requireFact(facts, name)));
  return { fr: fill(fr), en: fill(en) };
}

function requireFact(facts: Readonly<Record<string, string | number>>, name: string): string | number {
  const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
  if (fact === undefined) throw new TypeError(`A sentence lacks its fact {${name}}.`);
  return fact;
}
