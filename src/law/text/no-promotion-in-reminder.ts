import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** TXT-03: a reminder that promotes is an advertisement. */
export const noPromotionInReminder: Rule = {
  id: 'TXT-03',
  title: { fr: 'Pas de promotion dans un rappel', en: 'No promotion in a reminder' },
  level: 'GUIDANCE',
  source: 'CNIL, Communication électronique (10 juin 2026)',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
  reading: {
    fr: 'Une seule ligne d’offre suffit à faire d’un rappel une publicité ; le but décide.',
    en: 'One line of offer is enough to make a reminder an advertisement; the purpose decides.',
  },
  parameters: {},
};
