import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** ACC-01: who may read numbers and texts. */
export const access: Rule = {
  id: 'ACC-01',
  title: { fr: 'Accès par rôle, lectures tracées', en: 'Access by role, reads traced' },
  level: 'LAW',
  source: 'RGPD, art. 32 ; Octopush, « Envoi de sms en France »',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un responsable ne voit rien d’un autre ; chaque lecture en clair laisse une trace.',
    en: 'A controller sees nothing of another; each read in clear leaves a trace.',
  },
  parameters: {},
};
