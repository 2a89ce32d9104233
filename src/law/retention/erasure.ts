import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** RET-05: what an erasure removes and what it keeps. */
export const erasure: Rule = {
  id: 'RET-05',
  title: { fr: 'Effacement', en: 'Erasure' },
  level: 'LAW',
  source: 'RGPD, art. 17, dont 17(3)(e)',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le profil disparaît ; l’empreinte de l’opposition et la preuve utile à une défense restent.',
    en: 'The profile goes; the suppression’s fingerprint and the proof needed for a defence stay.',
  },
  parameters: {},
};
