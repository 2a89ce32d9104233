import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** OPT-08: CONTACT is answered with the publisher’s identity. */
export const contactAnswer: Rule = {
  id: 'OPT-08',
  title: { fr: 'Réponse à CONTACT', en: 'Answer to CONTACT' },
  level: 'CHARTER',
  source: 'af2m, Charte Business Messaging',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Qui écrit CONTACT reçoit une fois le nom et les coordonnées de l’éditeur.',
    en: 'Whoever writes CONTACT receives once the publisher’s name and contact means.',
  },
  parameters: {},
};
