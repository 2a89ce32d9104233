import { basesOf } from '../bases.ts';
import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** CON-02: a reminder needs a recorded basis, consent unless another is set. */
export const reminderBasis: Rule = {
  id: 'CON-02',
  title: { fr: 'Rappels : une base enregistrée', en: 'Reminders: a recorded basis' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France » ; RGPD, art. 6',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
  reading: {
    fr: 'La loi admet le contrat ou l’intérêt légitime ; l’article demande le consentement, qui est la règle sauf choix motivé.',
    en: 'The law accepts contract or legitimate interest; the article asks for consent, the default unless another is chosen with a reason.',
  },
  parameters: { basis: basesOf('appointment') },
};
