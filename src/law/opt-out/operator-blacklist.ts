import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** How long a blacklist that can be asked for may go unread. */
const PULL_HOURS = 24;

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
    fr: `Un STOP retenu chez l’opérateur vaut chez nous dès qu’il le dit : avec une réponse, ou par sa liste, lue toutes les ${PULL_HOURS} heures quand il en offre une.`,
    en: `A STOP kept at the operator holds here once it says so: with an answer, or by its list, read every ${PULL_HOURS} hours where it offers one.`,
  },
  parameters: { pull_hours: PULL_HOURS },
};

/** Whether a list that was read at `lastMs`, or never, is due again. */
export const isListDue = (lastMs: number | undefined, nowMs: number): boolean =>
  lastMs === undefined || nowMs - lastMs >= PULL_HOURS * 3_600_000;
