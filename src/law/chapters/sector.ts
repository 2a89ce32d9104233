import { READ_ON, type Rule } from '../../rule/index.ts';

/** SEC-01: sectors that may not prospect by SMS. */
const bannedProspecting: Rule = {
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

/** HDS-01: who hosts health data must be certified. */
const healthHosting: Rule = {
  id: 'HDS-01',
  title: { fr: 'Hébergeur de données de santé', en: 'Host of health data' },
  level: 'LAW',
  source: 'Code de la santé publique, art. L1111-8',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2018-04-01',
  purposes: ['appointment'],
  reading: {
    fr: 'Un cabinet qui héberge lui-même n’est pas concerné ; un service en ligne l’est.',
    en: 'A practice that hosts its own is not concerned; an online service is.',
  },
  parameters: {},
};

/** The rules of single trades. */
export const sectorRules: readonly Rule[] = [bannedProspecting, healthHosting];
