import { MIN_AGE_MARKETING } from '../law/chapters/consent.ts';
import { inEachLanguage, wordsIn, type Catalogue, type Language } from '../words/index.ts';

/** The words around the boxes of a form. */
export type FormWords = Readonly<Record<keyof Catalogue['form']['shown'], string>>;

/** The words around the boxes of a form, in each language. */
export const formWords: Readonly<Record<Language, FormWords>> = inEachLanguage((language) => {
  const { shown } = wordsIn(language).form;
  return { ...shown, adult: shown.adult({ age: MIN_AGE_MARKETING }) };
});
