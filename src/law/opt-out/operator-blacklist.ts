import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** OPT-09: the operator’s own blacklist is reconciled. */
export const operatorBlacklist: Rule = {
  id: 'OPT-09',
  title: { fr: 'Liste noire de l’opérateur réconciliée', en: 'Operator’s blacklist reconciled' },
  level: 'VENDOR',
  source: 'Pages of OVHcloud, Callr and Acoustic on their blacklists',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un STOP retenu chez l’opérateur vaut chez nous, chaque jour et à chaque appel reçu.',
    en: 'A STOP kept at the operator holds here, each day and at each callback.',
  },
  parameters: { pull: 'daily' },
};
