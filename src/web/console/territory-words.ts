import { wordsIn, type Language } from '../../words/index.ts';

/** Returns the name of a territory; its code when it is unknown. */
export const territoryIn = (territory: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = wordsIn(language).territories;
  return words[territory] ?? territory;
};
