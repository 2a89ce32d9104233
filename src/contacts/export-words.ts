import { retentionRules } from '../law/chapters/retention.ts';
import type { Language, Words } from '../law/rule.ts';

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

const RIGHTS: readonly Words[] = [
  {
    fr: 'Ne plus recevoir de SMS : répondre STOP, ou le dire par n’importe quel moyen.',
    en: 'To receive no more SMS: answer STOP, or say so by any means.',
  },
  {
    fr: 'Faire rectifier ou effacer ce qui est gardé, ou s’y opposer (RGPD, art. 16, 17 et 21).',
    en: 'To have what is kept put right or erased, or to object to it (GDPR, art. 16, 17 and 21).',
  },
  {
    fr: 'Se plaindre auprès de la CNIL (www.cnil.fr).',
    en: 'To complain to the supervisory authority (in France the CNIL, www.cnil.fr).',
  },
];
