import { english } from './english/index.ts';
import { french } from './french/index.ts';
import type { Language } from './language.ts';
import { paired, type Translation } from './translation.ts';

/** Every entry of a language. */
export type Catalogue = Translation<typeof french>;

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { fr: french, en: english };

/** Returns the catalogue of a language. */
export const wordsIn = (language: Language): Catalogue => CATALOGUES[language];

/** Both catalogues as one: each sentence in both languages. */
export const bilingual = paired<Catalogue>(french, english);
