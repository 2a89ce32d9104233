import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** SND-03: the brand’s name opens the message. */
export const brandFirst: Rule = {
  id: 'SND-03',
  title: { fr: 'La marque en tête du message', en: 'The brand opens the message' },
  level: 'CHARTER',
  source: 'af2m, Charte Business Messaging',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le nom commercial de l’éditeur est au début du premier message.',
    en: 'The publisher’s trade name stands at the start of the first message.',
  },
  parameters: {},
};
