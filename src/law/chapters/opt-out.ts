import { DateTime } from 'luxon';
import {
  frenchDay,
  dated,
  type Term,
  READ_ON,
  REMINDERS,
  SINCE_EVER,
  type Rule,
  type Provision,
} from '../../rule/index.ts';
import { howLong } from '../span.ts';

/** OPT-01: a suppression is read in the statement that marks. */
const suppressionAtMark: Rule = {
  id: 'OPT-01',
  title: { fr: 'L’opposition est lue au moment du marquage', en: 'Suppression is read at the mark' },
  level: 'LAW',
  source: 'RGPD, art. 21(3)',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Aucun envoi ne commence après l’enregistrement d’un STOP ; ce qui était déjà parti est montré avec lui.',
    en: 'No submission begins after a STOP is recorded; what was already on the wire is shown with it.',
  },
  parameters: {},
};

const OPT_02_TERM: Term = { id: 'OPT-02', inForceFrom: SINCE_EVER };

/** Seconds after which a STOP that has no effect yet raises an alarm. */
export const ALARM_SECONDS = dated([OPT_02_TERM, 3_600]);

/** Maximum hours between an opt-out and its record where people enter it. */
export const CEILING_HOURS = dated([OPT_02_TERM, 48]);

const ceilingHours = CEILING_HOURS.on(OPT_02_TERM.inForceFrom);
const alarm = howLong({ seconds: ALARM_SECONDS.on(OPT_02_TERM.inForceFrom) });
const ceiling = howLong({ hours: ceilingHours });

/** OPT-02: a STOP takes effect at once. */
const OPT_02: Provision = {
  ...OPT_02_TERM,
  title: { fr: 'Effet immédiat', en: 'Immediate effect' },
  level: 'SEED',
  source: `Octopush, « Envoi de sms en France » (${ceilingHours} h au plus) ; af2m, Charte Business Messaging 2026`,
  confidence: 'secondary',
  readOn: READ_ON,
  purposes: ['marketing', ...REMINDERS],
  quotation: {
    words: 'dans les plus brefs délais',
    source: 'af2m, Charte Business Messaging 2026, cited by a public note',
    readOn: READ_ON,
  },
};

const immediateEffect: Rule = {
  ...OPT_02,
  reading: {
    fr: `Notre règle est l’envoi suivant. Une alarme sonne après ${alarm.fr} ; ${ceiling.fr} sont la limite des voies manuelles.`,
    en: `Our rule is the next send. An alarm rings after ${alarm.en}; ${ceiling.en} bound manual channels.`,
  },
  parameters: { sla_s: ALARM_SECONDS, max_h: CEILING_HOURS },
};

/** OPT-03: how far a STOP reaches. */
const stopScope: Rule = {
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

/** OPT-04: which words mean STOP. */
const stopWords: Rule = {
  id: 'OPT-04',
  title: { fr: 'Les mots qui valent STOP', en: 'The words that mean STOP' },
  level: 'HOUSE',
  source: 'House policy, after the SMS+ charter and RGPD, art. 21',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le mot, ses fautes courantes et ses équivalents retirent ; une phrase douteuse suspend la publicité et attend une personne.',
    en: 'The word, its usual slips and equivalents withdraw; a doubtful sentence suspends advertising and waits for a person.',
  },
  parameters: {},
};

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

/** OPT-06: advertising prints the way to stop. */
const marketingMention: Rule = {
  id: 'OPT-06',
  title: { fr: 'Mention STOP dans toute publicité', en: 'STOP mention in every advertisement' },
  level: 'CHARTER',
  source: 'CPCE, art. L34-5 ; af2m, Charte Business Messaging',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing'],
  reading: {
    fr: 'Le code court est celui du compte et du territoire ; un expéditeur alphanumérique ne peut pas recevoir de réponse.',
    en: 'The short code is the account’s, for the territory; an alphanumeric sender cannot receive replies.',
  },
  parameters: {},
};

/** OPT-07: a reminder carries a way out too. */
const reminderWayOut: Rule = {
  id: 'OPT-07',
  title: { fr: 'Une voie de retrait dans chaque rappel', en: 'A way out in every reminder' },
  level: 'SEED',
  source: 'Octopush, « Envoi de sms en France »',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
  quotation: {
    words: "Le dispositif d'opposition ne concerne pas les Messages de type Fonctionnels",
    source: 'af2m, Charte Business Messaging 2026, §C.1.2, cited by a public note',
    readOn: READ_ON,
  },
  reading: {
    fr: 'La charte n’en demande pas aux messages fonctionnels, l’article si. Jamais la mention publicitaire là où elle ferait reclasser le message.',
    en: 'The charter asks none of functional messages, the article does. Never the advertising mention where it would reclassify the message.',
  },
  parameters: {},
};

/** OPT-08: CONTACT is answered with the publisher’s identity. */
const contactAnswer: Rule = {
  id: 'OPT-08',
  title: { fr: 'Réponse à CONTACT', en: 'Answer to CONTACT' },
  level: 'CHARTER',
  source: 'af2m, Charte Business Messaging',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Qui écrit CONTACT reçoit une fois le nom et les coordonnées de l’éditeur.',
    en: 'Whoever writes CONTACT receives once the publisher’s name and contact means.',
  },
  parameters: {},
};

/** OPT-09: the operator’s own blacklist is reconciled. */
const OPT_09: Provision = {
  id: 'OPT-09',
  title: { fr: 'Liste noire de l’opérateur réconciliée', en: 'Operator’s blacklist reconciled' },
  level: 'VENDOR',
  source: 'Pages of OVHcloud, Callr and Acoustic on their blacklists',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
};

/** Maximum age of a downloaded blacklist, in hours. */
const PULL_HOURS = dated([OPT_09, 24]);

const pullHours = PULL_HOURS.on(OPT_09.inForceFrom);

const operatorBlacklist: Rule = {
  ...OPT_09,
  reading: {
    fr: `Un STOP retenu chez l’opérateur vaut chez nous dès qu’il le dit : avec une réponse, ou par sa liste, lue toutes les ${pullHours} heures quand il en offre une.`,
    en: `A STOP kept at the operator holds here once it says so: with an answer, or by its list, read every ${pullHours} hours where it offers one.`,
  },
  parameters: { pull_hours: PULL_HOURS },
};

/** Says whether a blacklist last read at `lastMs` must be read again; undefined means never read. */
export function isListDue(lastMs: number | undefined, nowMs: number): boolean {
  const now = DateTime.fromMillis(nowMs, { zone: 'utc' });
  return lastMs === undefined || nowMs - lastMs >= PULL_HOURS.on(frenchDay(now)) * 3_600_000;
}

/** OPT-10: only a new proof lifts a suppression. */
const noReturnWithoutProof: Rule = {
  id: 'OPT-10',
  title: { fr: 'Pas de retour sans preuve nouvelle', en: 'No return without new proof' },
  level: 'LAW',
  source: 'RGPD, art. 7(1) et 21(3)',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le nouveau consentement est donné et enregistré après le STOP, avec une preuve qui n’a jamais servi.',
    en: 'The new consent is given and recorded after the STOP, with a proof never used before.',
  },
  parameters: {},
};

/** The chapter of OPT rules, in the order of docs/law.md. */
export const optOutRules: readonly Rule[] = [
  suppressionAtMark,
  immediateEffect,
  stopScope,
  stopWords,
  acknowledgement,
  marketingMention,
  reminderWayOut,
  contactAnswer,
  operatorBlacklist,
  noReturnWithoutProof,
];
