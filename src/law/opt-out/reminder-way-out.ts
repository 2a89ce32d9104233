import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** OPT-07: a reminder carries a way out too. */
export const reminderWayOut: Rule = {
  id: 'OPT-07',
  title: { fr: 'Une voie de retrait dans chaque rappel', en: 'A way out in every reminder' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France »',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
  quotation: {
    words: "Le dispositif d'opposition ne concerne pas les Messages de type Fonctionnels",
    source: 'af2m, Charte Business Messaging 2026, §C.1.2, cited by a public note',
    readOn: READ_ON,
  },
  reading: {
    fr: 'La charte n’en demande pas aux messages fonctionnels, l’article si. Jamais la mention publicitaire là où elle ferait reclasser le message.',
    en: 'The charter asks none of functional messages, the article does. Never the advertising mention where it would reclassify the message.',
  },
  parameters: {},
};
