import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** The plans in which a national number is read. */
export const NUMBERING_REGIONS = ['FR', 'GP', 'MQ', 'GF', 'RE', 'YT', 'PM', 'NC', 'PF', 'WF'] as const;

/** NUM-01: only a valid mobile number is written to. */
export const mobileNumber: Rule = {
  id: 'NUM-01',
  title: { fr: 'Des numéros mobiles valides seulement', en: 'Valid mobile numbers only' },
  level: 'HOUSE',
  source: 'House policy; libphonenumber, max metadata',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un numéro national se lit dans chaque région française ; s’il n’en reste pas un seul, il ne reçoit rien.',
    en: 'A national number is read in every French region; unless exactly one reading stands, it receives nothing.',
  },
  parameters: { regions: NUMBERING_REGIONS },
};
