import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** ENC-01: numbers and texts are encrypted at rest. */
export const encryption: Rule = {
  id: 'ENC-01',
  title: { fr: 'Numéros et textes chiffrés', en: 'Numbers and texts encrypted' },
  level: 'LAW',
  source: 'RGPD, art. 32 ; Octopush, « Envoi de sms en France »',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Une clé par responsable et par contact ; rien de personnel dans les identifiants, journaux et files d’attente.',
    en: 'A key per controller and per contact; nothing personal in ids, logs and queues.',
  },
  parameters: {},
};
