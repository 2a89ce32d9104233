import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** How long a controller has to answer a person. */
export const ANSWER_WITHIN = 'P1M';

/** RGT-01: a person may have what is held of them. */
export const accessExport: Rule = {
  id: 'RGT-01',
  title: { fr: 'Accès et portabilité', en: 'Access and portability' },
  level: 'LAW',
  source: 'RGPD, art. 12, 15 et 20',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'La réponse part dans le mois.',
    en: 'The answer leaves within a month.',
  },
  parameters: { within: ANSWER_WITHIN },
};
