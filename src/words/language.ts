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
