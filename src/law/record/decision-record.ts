import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** AUD-01: each decision is kept with what made it. */
export const decisionRecord: Rule = {
  id: 'AUD-01',
  title: { fr: 'Chaque décision est gardée avec ses raisons', en: 'Each decision is kept with its reasons' },
  level: 'LAW',
  source: 'RGPD, art. 5(2)',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Règles, entrées et versions : on peut dire plus tard pourquoi un SMS est parti, ou non.',
    en: 'Rules, inputs and versions: one can say later why an SMS left, or did not.',
  },
  parameters: {},
};
