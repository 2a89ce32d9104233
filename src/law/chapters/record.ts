import { READ_ON, REMINDERS, type Rule } from '../../rule/index.ts';

/** AUD-01: each decision is kept with its reasons. */
const decisionRecord: Rule = {
  id: 'AUD-01',
  title: { fr: 'Chaque décision est gardée avec ses raisons', en: 'Each decision is kept with its reasons' },
  level: 'LAW',
  source: 'RGPD, art. 5(2)',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Règles, entrées et versions : on peut dire plus tard pourquoi un SMS est parti, ou non.',
    en: 'Rules, inputs and versions: one can say later why an SMS left, or did not.',
  },
  parameters: {},
};

/** ENC-01: numbers and texts are encrypted at rest. */
const encryption: Rule = {
  id: 'ENC-01',
  title: { fr: 'Numéros et textes chiffrés', en: 'Numbers and texts encrypted' },
  level: 'LAW',
  source: 'RGPD, art. 32 ; Octopush, « Envoi de sms en France »',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Une clé par responsable et par contact ; rien de personnel dans les identifiants, journaux et files d’attente.',
    en: 'A key per controller and per contact; nothing personal in ids, logs and queues.',
  },
  parameters: {},
};

/** ACC-01: who may read numbers and texts. */
const access: Rule = {
  id: 'ACC-01',
  title: { fr: 'Accès par rôle, lectures tracées', en: 'Access by role, reads traced' },
  level: 'LAW',
  source: 'RGPD, art. 32 ; Octopush, « Envoi de sms en France »',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un responsable ne voit rien d’un autre ; chaque lecture en clair laisse une trace.',
    en: 'A controller sees nothing of another; each read in clear leaves a trace.',
  },
  parameters: {},
};

/** The rules on records and access to them. */
export const recordRules: readonly Rule[] = [decisionRecord, encryption, access];
