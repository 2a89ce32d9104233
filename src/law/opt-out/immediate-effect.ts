import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** A STOP that takes longer needs a person, in seconds. */
export const ALARM_SECONDS = 3_600;

/** From the word to the record, where people enter it. */
export const CEILING_HOURS = 48;

/** OPT-02: a STOP takes effect at once. */
export const immediateEffect: Rule = {
  id: 'OPT-02',
  title: { fr: 'Effet immédiat', en: 'Immediate effect' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France » (48 h au plus) ; af2m, Charte Business Messaging 2026',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  quotation: {
    words: 'dans les plus brefs délais',
    source: 'af2m, Charte Business Messaging 2026, cited by a public note',
    readOn: READ_ON,
  },
  reading: {
    fr: 'Notre règle est l’envoi suivant. Une alarme sonne à une heure ; quarante-huit heures sont la limite des voies manuelles.',
    en: 'Our rule is the next send. An alarm rings at one hour; forty-eight hours bound manual channels.',
  },
  parameters: { sla_s: ALARM_SECONDS, max_h: CEILING_HOURS },
};
