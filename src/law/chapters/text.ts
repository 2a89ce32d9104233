import { dated, READ_ON, REMINDERS, SINCE_EVER, type Rule, type Provision } from '../../rule/index.ts';

/** TXT-01: no health data in text, link, sender or campaign. */
const noHealth: Rule = {
  id: 'TXT-01',
  title: { fr: 'Aucune donnée de santé', en: 'No health data' },
  level: 'LAW',
  source: 'RGPD, art. 9 ; guide CNIL–CNOM ; Octopush, « Envoi de sms en France »',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2018-05-25',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Ni motif, ni acte, ni spécialité, ni service, ni préparation qui les révèle ; variables limitées à une liste.',
    en: 'No reason, act, specialty, department, nor a preparation that shows them; variables limited to a list.',
  },
  parameters: {},
};

/** TXT-02: parts are counted on the text that leaves. */
const TXT_02: Provision = {
  id: 'TXT-02',
  title: { fr: 'Parties comptées sur le texte final', en: 'Parts counted on the final text' },
  level: 'VENDOR',
  source: '3GPP 23.038 ; pages des opérateurs',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
};

/** Parts above which a text is refused unless the author chooses otherwise: our own choice. */
export const MAX_PARTS = dated([TXT_02, 3]);

const maxParts = MAX_PARTS.on(TXT_02.inForceFrom);

const partsOfFinalText: Rule = {
  ...TXT_02,
  reading: {
    fr: `Après fusion et mention, personne par personne : un prénom accentué change l’alphabet. Plus de ${maxParts} parties : refusé, sauf si l’auteur l’admet (notre choix).`,
    en: `After merge and mention, person by person: an accented first name changes the alphabet. More than ${maxParts} parts are refused unless the author admits them (our own choice).`,
  },
  parameters: { max_parts: MAX_PARTS },
};

/** TXT-03: a reminder that promotes is an advertisement. */
const noPromotionInReminder: Rule = {
  id: 'TXT-03',
  title: { fr: 'Pas de promotion dans un rappel', en: 'No promotion in a reminder' },
  level: 'GUIDANCE',
  source: 'CNIL, Communication électronique (10 juin 2026)',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: REMINDERS,
  reading: {
    fr: 'Une seule ligne d’offre suffit à faire d’un rappel une publicité ; le but décide.',
    en: 'One line of offer is enough to make a reminder an advertisement; the purpose decides.',
  },
  parameters: {},
};

/** TXT-04: no premium number, and links of one’s own domain. */
const ownLinks: Rule = {
  id: 'TXT-04',
  title: { fr: 'Ni numéro surtaxé ni lien étranger', en: 'No premium number, no foreign link' },
  level: 'LAW',
  source: 'CPCE, art. L34-5 ; af2m, Charte Business Messaging',
  confidence: 'secondary',
  readOn: READ_ON,
  inForceFrom: '2024-09-01',
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un numéro à rappeler n’est pas surtaxé ; un lien mène au domaine de l’éditeur.',
    en: 'A number to call is not premium; a link leads to the publisher’s domain.',
  },
  parameters: {},
};

/** The chapter of TXT rules, in the order of docs/law.md. */
export const textRules: readonly Rule[] = [noHealth, partsOfFinalText, noPromotionInReminder, ownLinks];
