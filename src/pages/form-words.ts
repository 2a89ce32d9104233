import { inEachLanguage, wordsIn, type Catalogue, type Language } from '../words/index.ts';

/** The words of everything around a form: errors, codes, refusals. */
export type PageWords = Catalogue['publicPages']['form'];

/** The words of everything around a form, in each language. */
export const pageWords: Readonly<Record<Language, PageWords>> = inEachLanguage(
  (language) => wordsIn(language).publicPages.form,
);

/** A refusal or an outcome told on a page of its own. */
export type Told =
  | 'refused'
  | 'again'
  | 'late'
  | 'early'
  | 'odd'
  | 'large'
  | 'elsewhere'
  | 'many'
  | 'closed'
  | 'gone'
  | 'deadLink'
  | 'away';
