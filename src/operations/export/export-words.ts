import { retentionRules } from '../../law/index.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** How long what is kept, rule by rule. */
export const retentionLines = (
  language: Language,
): { readonly ruleId: string; readonly title: string; readonly reading: string; readonly source: string }[] =>
  retentionRules.map(({ id, title, reading, source }) => ({
    ruleId: id,
    title: title[language],
    reading: reading[language],
    source,
  }));

/** What a person may ask for. */
export const rightsOf = (language: Language): string[] => RIGHTS.map((words) => words[language]);

const RIGHTS: readonly Words[] = Object.values(bilingual.contact.rights);
