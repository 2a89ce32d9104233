import { wordsIn, type Language } from '../../words/index.ts';

/** A territory as people call it; its code where it is not known. */
export const territoryIn = (territory: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = wordsIn(language).territories;
  return words[territory] ?? territory;
};
