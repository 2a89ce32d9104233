import type { Language, Words } from '../law/rule.ts';

/** What the register says of one purpose, whoever the controller is. */
export interface Activity {
  readonly title: Words;
  readonly people: Words;
  readonly data: Words;
}

const NUMBER: Words = {
  fr: 'numéro de mobile, prénom et nom s’ils sont connus, lieu, date de naissance (jamais pour viser : pour ne pas écrire aux mineurs)',
  en: 'mobile number, first and last name if known, place, birth date (never to target: not to write to minors)',
};

/** The purposes, as a register names them. */
export const ACTIVITIES: Readonly<Record<string, Activity>> = {
  marketing: {
    title: { fr: 'Prospection par SMS', en: 'Marketing by SMS' },
    people: { fr: 'Clients et prospects qui l’ont accepté', en: 'Customers and prospects who agreed' },
    data: NUMBER,
  },
  appointment: {
    title: { fr: 'Rappels de rendez-vous par SMS', en: 'Appointment reminders by SMS' },
    people: { fr: 'Personnes qui ont pris rendez-vous', en: 'People who booked' },
    data: {
      fr: `${NUMBER.fr} ; date, heure et lieu du rendez-vous, jamais son motif`,
      en: `${NUMBER.en}; date, time and place of the appointment, never its reason`,
    },
  },
  renewal: {
    title: { fr: 'Rappels d’échéance de contrat', en: 'Contract renewal reminders' },
    people: { fr: 'Abonnés', en: 'Subscribers' },
    data: { fr: `${NUMBER.fr} ; contrat et dates`, en: `${NUMBER.en}; contract and dates` },
  },
  payment: {
    title: { fr: 'Rappels de paiement', en: 'Payment reminders' },
    people: { fr: 'Personnes qui paient en plusieurs fois', en: 'People who pay by instalments' },
    data: { fr: `${NUMBER.fr} ; échéances et montants`, en: `${NUMBER.en}; dates and amounts` },
  },
};

/** Measures that the software takes by itself. */
export const SECURITY: readonly Words[] = [
  {
    fr: 'Numéros, noms et textes chiffrés au repos (AES-256-GCM), une clé par responsable et par personne, hors de la base.',
    en: 'Numbers, names and texts encrypted at rest (AES-256-GCM), a key per controller and per person, outside the database.',
  },
  {
    fr: 'Recherche par empreinte à clé : sans la clé, nul ne retrouve un numéro par essais.',
    en: 'Look-up by keyed fingerprint: without the key nobody finds a number by trying.',
  },
  {
    fr: 'Cloisonnement des responsables par la base elle-même (sécurité au niveau des lignes).',
    en: 'Controllers kept apart by the database itself (row-level security).',
  },
  {
    fr: 'Rôles, lectures en clair enregistrées, journal d’audit chaîné.',
    en: 'Roles, clear reads recorded, a chained audit log.',
  },
  {
    fr: 'Opposition effective avant l’envoi suivant, journal des oppositions hors de la base.',
    en: 'Opt-out effective before the next send, a journal of opt-outs outside the database.',
  },
  {
    fr: 'Effacement par destruction de la clé, avec certificat ; nettoyage planifié, avec certificat.',
    en: 'Erasure by destruction of the key, with a certificate; scheduled cleaning, with a certificate.',
  },
];

/** What only the controller can write into the register. */
export const REGISTER_BLANKS: readonly Words[] = [
  {
    fr: 'Délégué à la protection des données, représentant, responsables conjoints',
    en: 'Data protection officer, representative, joint controllers',
  },
  {
    fr: 'Contrat de sous-traitance (art. 28) avec chaque opérateur',
    en: 'Processor contract (art. 28) with each operator',
  },
  {
    fr: 'Transferts hors de l’Union et leurs garanties',
    en: 'Transfers outside the Union and their safeguards',
  },
  { fr: 'Destinataires internes', en: 'Internal recipients' },
  { fr: 'Hébergement et sauvegardes', en: 'Hosting and backups' },
];

/** What an assessment needs besides, from people. */
export const DPIA_BLANKS: readonly Words[] = [
  {
    fr: 'Nécessité et proportionnalité : pourquoi par SMS, pourquoi ces personnes',
    en: 'Necessity and proportionality: why by SMS, why these people',
  },
  {
    fr: 'Avis des personnes concernées, ou de leurs représentants',
    en: 'Views of the people concerned, or of those who speak for them',
  },
  { fr: 'Avis du délégué à la protection des données', en: 'Advice of the data protection officer' },
  {
    fr: 'Gravité et vraisemblance de chaque risque, après les mesures',
    en: 'Severity and likelihood of each risk, after the measures',
  },
  { fr: 'Décision, date, signature', en: 'Decision, date, signature' },
];

/** Risks to weigh, and what the software already does about each. */
export const RISKS: readonly { readonly risk: Words; readonly measures: Words }[] = [
  {
    risk: { fr: 'Un tiers lit des numéros ou des textes', en: 'A third party reads numbers or texts' },
    measures: {
      fr: 'Chiffrement, clés hors de la base, lectures en clair enregistrées',
      en: 'Encryption, keys outside the database, clear reads recorded',
    },
  },
  {
    risk: { fr: 'Un message révèle un état de santé', en: 'A message tells of somebody’s health' },
    measures: {
      fr: 'Lexique interdit, variables limitées, motif jamais gardé dans le secteur de la santé',
      en: 'Barred words, limited variables, reason never kept in the health sector',
    },
  },
  {
    risk: { fr: 'Une personne reçoit ce qu’elle a refusé', en: 'Somebody receives what they refused' },
    measures: {
      fr: 'Consentement relu à chaque envoi, opposition durable, preuve nouvelle exigée pour revenir',
      en: 'Consent read again at each send, lasting opt-out, new proof needed to come back',
    },
  },
  {
    risk: {
      fr: 'Un numéro réattribué reçoit le message d’une autre personne',
      en: 'A reassigned number gets somebody else’s message',
    },
    measures: {
      fr: 'Numéros sans signe de vie retirés, rebonds suivis',
      en: 'Numbers without a sign of life retired, bounces followed',
    },
  },
  {
    risk: { fr: 'Les données durent plus que leur utilité', en: 'Data outlive their use' },
    measures: {
      fr: 'Durées par finalité, nettoyage planifié et certifié',
      en: 'Durations by purpose, scheduled and certified cleaning',
    },
  },
];

/** What every draft begins with. */
export const DRAFT: Words = {
  fr: 'Brouillon tiré de ce que fait l’instance. Il n’est ni complet ni validé : les blancs sont au responsable du traitement.',
  en: 'A draft drawn from what the instance does. It is neither complete nor approved: the blanks are the controller’s.',
};

/** Words in one language. */
export const inOne = (words: readonly Words[], language: Language): string[] =>
  words.map((one) => one[language]);
