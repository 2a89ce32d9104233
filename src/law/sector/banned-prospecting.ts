import { READ_ON, type Rule } from '../rule.ts';

/** SEC-01: sectors that may not prospect by SMS. */
export const bannedProspecting: Rule = {
  id: 'SEC-01',
  title: { fr: 'Secteurs interdits de prospection', en: 'Sectors barred from prospecting' },
  level: 'LAW',
  source: 'Code du travail, art. L6323-8-1 ; Code de la consommation, art. L223-8',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2022-12-21',
  purposes: ['marketing'],
  reading: {
    fr: 'Compte personnel de formation ; rénovation énergétique et adaptation du logement, sauf contrat en cours.',
    en: 'Personal training account; energy renovation and home adaptation, unless a contract is in progress.',
  },
  parameters: {},
};
