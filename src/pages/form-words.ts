import { MIN_AGE_MARKETING } from '../law/chapters/consent.ts';
import { inEachLanguage, wordsIn, type Catalogue, type Language } from '../words/index.ts';

/** The words of everything around a form: errors, codes, refusals. */
export type PageWords = Readonly<Record<keyof Catalogue['publicPages']['form'], string>>;

/** The words of everything around a form, in each language. */
export const pageWords: Readonly<Record<Language, PageWords>> = inEachLanguage((language) => {
  const { form } = wordsIn(language).publicPages;
  return { ...form, 'error-adult': form['error-adult']({ age: MIN_AGE_MARKETING }) };
});

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
