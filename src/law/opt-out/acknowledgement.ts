import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** OPT-05: a STOP is acknowledged once, at any hour. */
export const acknowledgement: Rule = {
  id: 'OPT-05',
  title: {
    fr: 'Un seul accusé, sans promotion, à toute heure',
    en: 'One acknowledgement, no promotion, at any hour',
  },
  level: 'CHARTER',
  source: 'Charte SMS+ (par analogie) ; Twilio, codes courts français',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS, 'acknowledgement', 'confirmation'],
  reading: {
    fr: 'La personne vient de le demander : ni la fenêtre ni l’opposition ne retiennent cette réponse.',
    en: 'The person asked a moment ago: neither the window nor the suppression holds this answer back.',
  },
  parameters: {},
};
