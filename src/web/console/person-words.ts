import { bilingual, type Language, type Words } from '../../words/index.ts';

/** Purposes in plain words. */
const PURPOSE_WORDS: Readonly<Record<string, Words>> = bilingual.peoplePages.purposes;

const SAID: Readonly<Record<string, Words>> = { ...PURPOSE_WORDS, ...bilingual.peoplePages.said };

/** Words a code in the reader's language; an unknown one is shown as it is. */
export const personWord = (word: string, language: Language): string => SAID[word]?.[language] ?? word;
