import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** SND-01: what a sender’s name may look like. */
export const senderName: Rule = {
  id: 'SND-01',
  title: { fr: 'Nom d’expéditeur', en: 'Sender name' },
  level: 'CHARTER',
  source: 'af2m, protection des OADC sensibles',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'De 3 à 11 lettres et chiffres, une lettre au moins, ni espace ni accent ; jamais un mot générique.',
    en: 'From 3 to 11 letters and digits, at least one letter, no space or accent; never a generic word.',
  },
  parameters: { pattern: '^(?=.*[A-Za-z])[A-Za-z0-9]{3,11}$' },
};
