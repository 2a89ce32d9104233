import { READ_ON, type Rule } from '../rule.ts';

/** HDS-01: who hosts health data must be certified. */
export const healthHosting: Rule = {
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
