import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** OPT-04: which words mean STOP. */
export const stopWords: Rule = {
  id: 'OPT-04',
  title: { fr: 'Les mots qui valent STOP', en: 'The words that mean STOP' },
  level: 'HOUSE',
  source: 'House policy, after the SMS+ charter and RGPD, art. 21',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le mot, ses fautes courantes et ses équivalents retirent ; une phrase douteuse suspend la publicité et attend une personne.',
    en: 'The word, its usual slips and equivalents withdraw; a doubtful sentence suspends advertising and waits for a person.',
  },
  parameters: {},
};
