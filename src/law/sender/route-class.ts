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
    fr: 'La publicité passe par les codes 36xxx, les rappels par les 38xxx ou la route transactionnelle.',
    en: 'Advertising goes by 36xxx codes, reminders by 38xxx or the transactional route.',
  },
  parameters: { marketing: '36xxx', reminder: '38xxx' },
};
