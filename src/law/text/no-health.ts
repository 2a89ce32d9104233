import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** TXT-01: no health data in text, link, sender or campaign. */
export const noHealth: Rule = {
  id: 'TXT-01',
  title: { fr: 'Aucune donnée de santé', en: 'No health data' },
  level: 'LAW',
  source: 'RGPD, art. 9 ; guide CNIL–CNOM ; Octopush, « Envoi de sms en France »',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Ni motif, ni acte, ni spécialité, ni service, ni préparation qui les révèle ; variables limitées à une liste.',
    en: 'No reason, act, specialty, department, nor a preparation that shows them; variables limited to a list.',
  },
  parameters: {},
};
