import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** SND-04: each purpose has its class of route. */
export const routeClass: Rule = {
  id: 'SND-04',
  title: { fr: 'Route selon la finalité', en: 'Route by purpose' },
  level: 'CHARTER',
  source: 'af2m, SMS marketing ; pages des opérateurs',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Chez les opérateurs, la publicité passe par les codes 36xxx, les rappels par les 38xxx ou la route transactionnelle. Le compte de chaque finalité se choisit (`/v1/routes`) ; la classe du code est celle du compte.',
    en: 'With operators, advertising goes by 36xxx codes, reminders by 38xxx or the transactional route. The account of each purpose is chosen (`/v1/routes`); the class of its code is the account’s.',
  },
  parameters: {},
};
