import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** CON-07: a form that collects a number tells about calls. */
export const callNotice: Rule = {
  id: 'CON-07',
  title: {
    fr: 'Mention sur les appels, à la collecte d’un numéro',
    en: 'Notice on calls where a number is collected',
  },
  level: 'LAW',
  source: 'Code de la consommation, art. L223-2',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2026-08-11',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le formulaire dit que les appels commerciaux demandent un accord préalable.',
    en: 'The form says that commercial calls need prior consent.',
  },
  parameters: {},
};
