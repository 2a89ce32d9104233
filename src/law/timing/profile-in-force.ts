import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** WIN-05: a decision keeps the version that made it. */
export const profileInForce: Rule = {
  id: 'WIN-05',
  title: { fr: 'Profils datés, version gardée', en: 'Dated profiles, version kept' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un profil ne décide que des dates où il est en vigueur ; la version des règles et celle du calendrier restent avec la décision.',
    en: 'A profile decides only the dates on which it stands; the versions of rules and calendar stay with the decision.',
  },
  parameters: {},
};
