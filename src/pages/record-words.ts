import { CEILING_HOURS } from '../law/chapters/opt-out.ts';
import { wordsIn, type Language } from '../words/index.ts';

/** The heading of one part of a record. */
export const headingOf = (name: string, language: Language): string =>
  (wordsIn(language).record.headings as Readonly<Record<string, string>>)[name] ?? labelOf(name, language);

/** A field as a person reads it; one that is not known by its own name, split into words. */
export function labelOf(name: string, language: Language): string {
  const { fields: known, late } = wordsIn(language).record;
  const fields: Readonly<Record<string, string>> = { ...known, late: late({ hours: CEILING_HOURS }) };
  return Object.hasOwn(fields, name)
    ? (fields[name] ?? name)
    : name.replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').toLowerCase();
}
