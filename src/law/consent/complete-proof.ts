import { READ_ON, REMINDERS, type Purpose, type Rule } from '../rule.ts';

/** Purposes whose proof the caller may keep, and attest to us. */
export const ATTESTED_FOR: readonly Purpose[] = REMINDERS;

/** CON-03: a consent without complete proof cannot be used. */
export const completeProof: Rule = {
  id: 'CON-03',
  title: { fr: 'Une preuve complète, ou rien', en: 'A complete proof, or nothing' },
  level: 'LAW',
  source: 'RGPD, art. 7(1) ; Octopush, « Envoi de sms en France »',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le responsable doit pouvoir montrer ce qui a été affiché, quand, et ce que la personne a fait.',
    en: 'The controller must be able to show what was displayed, when, and what the person did.',
  },
  parameters: { attested_for: ATTESTED_FOR },
};
