import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** CON-04: a box per purpose, never ticked in advance. */
export const oneBoxPerPurpose: Rule = {
  id: 'CON-04',
  title: { fr: 'Une case par finalité, jamais pré-cochée', en: 'One box per purpose, never pre-ticked' },
  level: 'LAW',
  source: 'RGPD, art. 4(11) et 7 ; CNIL, La prospection commerciale par SMS-MMS',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Accepter des conditions générales ne suffit pas. La version du texte montré est figée.',
    en: 'Accepting general terms is not enough. The version of the text shown is frozen.',
  },
  parameters: {},
};
