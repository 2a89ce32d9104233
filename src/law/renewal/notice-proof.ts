import { READ_ON, type Rule } from '../rule.ts';

/** REN-02: an SMS is never the legal notice. */
export const noticeProof: Rule = {
  id: 'REN-02',
  title: { fr: 'Le SMS n’est pas l’avis légal', en: 'The SMS is not the legal notice' },
  level: 'LAW',
  source: 'Code de la consommation, art. L215-1',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2022-08-18',
  purposes: ['renewal'],
  reading: {
    fr: 'L’avis est une lettre nominative ou un courrier électronique dédié, date limite en encadré : sa référence est demandée.',
    en: 'The notice is a named letter or dedicated e-mail with the deadline in a box: its reference is asked for.',
  },
  parameters: {},
};
