import { READ_ON, REMINDERS, type Rule } from '../rule.ts';

/** How many letters and digits a name has. */
export const SENDER_LENGTH = { least: 3, most: 11 } as const;

/** What a name looks like. */
export const SENDER_PATTERN = `^(?=.*[A-Za-z])[A-Za-z0-9]{${SENDER_LENGTH.least},${SENDER_LENGTH.most}}$`;

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
    fr: `De ${SENDER_LENGTH.least} à ${SENDER_LENGTH.most} lettres et chiffres, une lettre au moins, ni espace ni accent ; jamais un mot générique.`,
    en: `From ${SENDER_LENGTH.least} to ${SENDER_LENGTH.most} letters and digits, at least one letter, no space or accent; never a generic word.`,
  },
  parameters: { pattern: SENDER_PATTERN },
};
