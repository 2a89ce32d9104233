import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** After the event that it reminded of. */
export const TEXT_KEPT = 'P30D';

/** What was sent, when and why, without its text. */
export const LOG_KEPT = 'P12M';

/** RET-04: how long a reminder’s text is kept. */
export const reminderTextRetention: Rule = {
  id: 'RET-04',
  title: { fr: 'Durée de vie du texte d’un rappel', en: 'Life of a reminder’s text' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
  reading: {
    fr: 'Trente jours après l’événement ; le journal sans texte, douze mois.',
    en: 'Thirty days after the event; the log without text, twelve months.',
  },
  parameters: { text_after_event: TEXT_KEPT, log: LOG_KEPT },
};
