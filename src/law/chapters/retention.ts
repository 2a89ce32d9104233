import { dated, READ_ON, REMINDERS, SINCE_EVER, type Rule, type Provision } from '../../rule/index.ts';
import { howLong, withDe } from '../span.ts';

/** RET-01: how long a contact is kept. */
const RET_01: Provision = {
  id: 'RET-01',
  title: { fr: 'Durée de vie d’un contact', en: 'Life of a contact' },
  level: 'LAW',
  source: 'RGPD, art. 5(1)(e) ; CNIL, référentiel de gestion commerciale',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing'],
};

/** How long a contact is kept after the person's last sign of life, as an ISO 8601 duration (as all below). */
export const CONTACT_KEPT = dated([RET_01, 'P3Y']);

const contact = howLong(CONTACT_KEPT.on(RET_01.inForceFrom));

const contactRetention: Rule = {
  ...RET_01,
  reading: {
    fr: `${contact.fr} depuis le dernier contact venu de la personne ; client : la relation, puis ${contact.fr}.`,
    en: `${contact.en} since the last contact from the person; customer: the relation, then ${contact.en}.`,
  },
  parameters: { after: CONTACT_KEPT },
};

/** RET-02: how long a suppression is kept. */
const RET_02: Provision = {
  id: 'RET-02',
  title: { fr: 'Durée de vie d’une opposition', en: 'Life of a suppression' },
  level: 'LAW',
  source: 'RGPD, art. 21 ; CNIL, référentiel de gestion commerciale',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
};

/** How long a suppression is kept at least; we keep it for as long as the controller advertises. */
export const SUPPRESSION_KEPT = dated([RET_02, 'P3Y']);

const suppression = howLong(SUPPRESSION_KEPT.on(RET_02.inForceFrom));

const suppressionRetention: Rule = {
  ...RET_02,
  reading: {
    fr: `Au moins ${suppression.fr}, en empreinte à clé ; nous la gardons aussi longtemps que le responsable fait de la publicité.`,
    en: `At least ${suppression.en}, as a keyed fingerprint; we keep it as long as the controller advertises.`,
  },
  parameters: { at_least: SUPPRESSION_KEPT },
};

/** RET-03: how long a proof of consent is kept. */
const RET_03: Provision = {
  id: 'RET-03',
  title: { fr: 'Durée de vie d’une preuve', en: 'Life of a proof' },
  level: 'HOUSE',
  source: 'House policy, after Code civil, art. 2224',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
};

/** How long a proof is kept after the consent was last used. */
export const PROOF_KEPT = dated([RET_03, 'P5Y']);

const proof = howLong(PROOF_KEPT.on(RET_03.inForceFrom));

const proofRetention: Rule = {
  ...RET_03,
  reading: {
    fr: `Tant que le consentement sert, puis ${proof.fr}, en archive à accès restreint.`,
    en: `While the consent is used, then ${proof.en}, in an archive of restricted access.`,
  },
  parameters: { after: PROOF_KEPT },
};

/** RET-04: how long a reminder’s text is kept. */
const RET_04: Provision = {
  id: 'RET-04',
  title: { fr: 'Durée de vie du texte d’un rappel', en: 'Life of a reminder’s text' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
};

/** How long the text of a reminder is kept after its event. */
export const TEXT_KEPT = dated([RET_04, 'P30D']);

const A_YEAR = [RET_04, 'P12M'] as const;

/** How long the log of messages is kept: what was sent, when and why, without its text. */
export const LOG_KEPT = dated(A_YEAR);

/** How long replies are kept: no rule names them, so they are kept as long as the log of messages. */
export const REPLY_KEPT = dated(A_YEAR);

const [text, log] = [howLong(TEXT_KEPT.on(RET_04.inForceFrom)), howLong(LOG_KEPT.on(RET_04.inForceFrom))];

const reminderTextRetention: Rule = {
  ...RET_04,
  reading: {
    fr: `${text.fr} après l’événement ; le journal sans texte, ${log.fr}.`,
    en: `${text.en} after the event; the log without text, ${log.en}.`,
  },
  parameters: { text_after_event: TEXT_KEPT, log: LOG_KEPT },
};

/** RET-05: what an erasure removes and what it keeps. */
const erasure: Rule = {
  id: 'RET-05',
  title: { fr: 'Effacement', en: 'Erasure' },
  level: 'LAW',
  source: 'RGPD, art. 17, dont 17(3)(e)',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Le profil disparaît ; l’empreinte de l’opposition et la preuve utile à une défense restent.',
    en: 'The profile goes; the suppression’s fingerprint and the proof needed for a defence stay.',
  },
  parameters: {},
};

/** RGT-01: a person may have what is held of them. */
const RGT_01: Provision = {
  id: 'RGT-01',
  title: { fr: 'Accès et portabilité', en: 'Access and portability' },
  level: 'LAW',
  source: 'RGPD, art. 12, 15 et 20',
  confidence: 'to-confirm',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
};

/** The time in which a controller must answer a person. */
export const ANSWER_WITHIN = dated([RGT_01, 'P1M']);

const answer = howLong(ANSWER_WITHIN.on(RGT_01.inForceFrom));

const accessExport: Rule = {
  ...RGT_01,
  reading: {
    fr: `La réponse part dans un délai ${withDe(answer.fr)}.`,
    en: `The answer leaves within ${answer.en}.`,
  },
  parameters: { within: ANSWER_WITHIN },
};

/** The RET rules and RGT-01, in the order of docs/law.md. */
export const retentionRules: readonly Rule[] = [
  contactRetention,
  suppressionRetention,
  proofRetention,
  reminderTextRetention,
  erasure,
  accessExport,
];
