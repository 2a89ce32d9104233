import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** The oldest decision that a mark may still rely on, in milliseconds. */
export const DECISION_LIVES_MS = 30_000;

/** Nothing is marked in the last second before a close, in milliseconds. */
export const LAST_SECOND_MS = 1_000;

/** WIN-06: the window is asked again just before each submission. */
export const lastLook: Rule = {
  id: 'WIN-06',
  title: { fr: 'Dernier regard avant l’envoi', en: 'Last look before sending' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'La fenêtre est relue à chaque tentative. Rien ne part dans la dernière seconde avant la fermeture.',
    en: 'The window is read again at each attempt. Nothing leaves in the last second before the close.',
  },
  parameters: { decision_lives_ms: DECISION_LIVES_MS, last_second_ms: LAST_SECOND_MS },
};
