import { wordsIn, type Language } from '../../words/index.ts';

/** The heading of one part of a record. */
export const headingOf = (name: string, language: Language): string =>
  (wordsIn(language).record.headings as Readonly<Record<string, string>>)[name] ?? labelOf(name, language);

/** A field as a person reads it; one that is not known by its own name, split into words. */
export function labelOf(name: string, language: Language): string {
  const fields: Readonly<Record<string, string>> = wordsIn(language).record.fields;
  return Object.hasOwn(fields, name)
    ? (fields[name] ?? name)
    : name.replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').toLowerCase();
}
