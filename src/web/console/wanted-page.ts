import { wordsIn, type Catalogue, type Language } from '../../words/index.ts';

/** What is said above a form that was refused, and at a field that is empty or unknown. */
export const againWords = (language: Language): Catalogue['wanted']['said'] => wordsIn(language).wanted.said;

/** What is asked of a field; nothing for one that no page has. */
export function wantedAt(name: string, language: Language): string | undefined {
  const fields: Readonly<Record<string, string>> = wordsIn(language).wanted.fields;
  const asked = name.replace(/^dataProtectionOfficer\./, 'contact.');
  return fields[asked] ?? fields[/^[a-z]+/i.exec(asked)?.[0] ?? ''];
}
