import { inEachLanguage, wordsIn, type Catalogue, type Language } from '../words/index.ts';

/** The words around the boxes of a form. */
export type FormWords = Catalogue['form']['shown'];

/** The words around the boxes of a form, in each language. */
export const formWords: Readonly<Record<Language, FormWords>> = inEachLanguage(
  (language) => wordsIn(language).form.shown,
);
