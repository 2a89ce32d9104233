import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** OPT-01: a suppression is read in the statement that marks. */
export const suppressionAtMark: Rule = {
  id: 'OPT-01',
  title: { fr: 'L’opposition est lue au moment du marquage', en: 'Suppression is read at the mark' },
  level: 'LAW',
  source: 'RGPD, art. 21(3)',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Aucun envoi ne commence après l’enregistrement d’un STOP ; ce qui était déjà parti est montré avec lui.',
    en: 'No submission begins after a STOP is recorded; what was already on the wire is shown with it.',
  },
  parameters: {},
};
