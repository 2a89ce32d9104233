import { READ_ON, type Rule } from '../rule.ts';

/** OPT-06: advertising prints the way to stop. */
export const marketingMention: Rule = {
  id: 'OPT-06',
  title: { fr: 'Mention STOP dans toute publicité', en: 'STOP mention in every advertisement' },
  level: 'CHARTER',
  source: 'CPCE, art. L34-5 ; af2m, Charte Business Messaging',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing'],
  reading: {
    fr: 'Le code court est celui du compte et du territoire ; un expéditeur alphanumérique ne peut pas recevoir de réponse.',
    en: 'The short code is the account’s, for the territory; an alphanumeric sender cannot receive replies.',
  },
  parameters: {},
};
