/** The facts of a sentence, by name. */
export type Facts<Name extends string> = Readonly<Record<Name, string | number>>;

/** The same entries in another language: none is missing, none is left over. */
export type Translation<French> = French extends string
  ? string
  : French extends (...args: infer Args) => infer Text
    ? (...args: Args) => Translation<Text>
    : { readonly [Name in keyof French]: Translation<French[Name]> };

/** The same entries in both languages: a sentence is `Words`, and its facts may be `Words` too. */
export type InBoth<Catalogue> = Catalogue extends string
  ? Words
  : Catalogue extends (...args: infer Args) => infer Text
    ? (...args: { readonly [At in keyof Args]: Said<Args[At]> }) => Readonly<Record<Language, Text>>
    : Catalogue extends readonly unknown[]
      ? Readonly<Record<Language, Catalogue>>
      : { readonly [Name in keyof Catalogue]: InBoth<Catalogue[Name]> };

type Said<Args> =
  Args extends Facts<string>
    ? { readonly [Name in keyof Args]: Args[Name] | (string extends Args[Name] ? Words : never) }
    : Args;

type Say = (...args: readonly unknown[]) => unknown;
type Entry = string | readonly string[] | Say | Entries;
interface Entries {
  readonly [name: string]: Entry;
}

/** Joins two catalogues. */
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

/** Renders the facts of a sentence in its language. */
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

/** Returns the language of a BCP 47 tag; French when it is neither of ours. */
export function languageOf(locale: string): Language {
  return /^en(?:[-_]|$)/i.test(locale.trim()) ? 'en' : 'fr';
}

/** Applies a function to each language. */
export const inEachLanguage = <T>(say: (language: Language) => T): Readonly<Record<Language, T>> => ({
  fr: say('fr'),
  en: say('en'),
});
