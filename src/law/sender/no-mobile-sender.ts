import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** SND-02: an automated sender is no 06 or 07 number. */
export const noMobileSender: Rule = {
  id: 'SND-02',
  title: { fr: 'Pas d’expéditeur en 06 ou 07', en: 'No 06 or 07 sender' },
  level: 'LAW',
  source: 'Arcep, décision 2018-0881, §2.3.2 f',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2019-08-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un automate n’écrit pas depuis un numéro mobile de personne.',
    en: 'A machine does not write from a person’s mobile number.',
  },
  parameters: { forbidden: ['+336', '+337'] },
};
