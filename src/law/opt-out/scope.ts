import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** OPT-03: how far a STOP reaches. */
export const stopScope: Rule = {
  id: 'OPT-03',
  title: { fr: 'Portée du STOP', en: 'Scope of a STOP' },
  level: 'HOUSE',
  source: 'House policy, after RGPD, art. 21',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'À une publicité : toute la publicité du responsable. À un rappel : cette finalité et la publicité. STOP TOUT : tout.',
    en: 'To an advertisement: all advertising of the controller. To a reminder: that purpose and advertising. STOP TOUT: everything.',
  },
  parameters: {},
};
