import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** TXT-04: no premium number, and links of one’s own domain. */
export const ownLinks: Rule = {
  id: 'TXT-04',
  title: { fr: 'Ni numéro surtaxé ni lien étranger', en: 'No premium number, no foreign link' },
  level: 'LAW',
  source: 'CPCE, art. L34-5 ; af2m, Charte Business Messaging',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un numéro à rappeler n’est pas surtaxé ; un lien mène au domaine de l’éditeur.',
    en: 'A number to call is not premium; a link leads to the publisher’s domain.',
  },
  parameters: {},
};
