import { bilingual, type Language, type Words } from '../../words/index.ts';

/** Purposes, as people call them. */
const PURPOSE_WORDS: Readonly<Record<string, Words>> = bilingual.peoplePages.purposes;

const SAID: Readonly<Record<string, Words>> = { ...PURPOSE_WORDS, ...bilingual.peoplePages.said };

/** A word of ours in the language of the reader; one that is not known speaks for itself. */
export const personWord = (word: string, language: Language): string => SAID[word]?.[language] ?? word;
