import type { Language, Words } from '../law/rule.ts';

const ACTS: Readonly<Record<string, Words>> = {
  'campaign.created': { fr: 'Créée.', en: 'Made.' },
  'campaign.changed': { fr: 'Modifiée.', en: 'Changed.' },
  'campaign.approved': { fr: 'Approuvée.', en: 'Approved.' },
  'campaign.launched': { fr: 'Lancée.', en: 'Launched.' },
  'campaign.started': {
    fr: 'Audience figée : les lots partent à leurs heures.',
    en: 'Audience frozen: batches leave in their hours.',
  },
  'campaign.paused': { fr: 'Mise en pause.', en: 'Paused.' },
  'campaign.resumed': { fr: 'Reprise.', en: 'Resumed.' },
  'campaign.parked': { fr: 'Arrêtée : une personne doit agir.', en: 'Parked: a person must act.' },
  'campaign.cancelled': { fr: 'Annulée.', en: 'Cancelled.' },
  'campaign.finished': { fr: 'Terminée : les comptes sont clos.', en: 'Finished: the accounts are closed.' },
  'series.paused': { fr: 'Mise en pause.', en: 'Paused.' },
  'series.resumed': { fr: 'Reprise.', en: 'Resumed.' },
  'series.cancelled': { fr: 'Annulée.', en: 'Cancelled.' },
  'payment-plan.paid': { fr: 'Échéance payée.', en: 'Instalment paid.' },
  'tenant.halted': { fr: 'Tout est arrêté', en: 'Everything is halted' },
  'tenant.released': { fr: 'Tout repart', en: 'Everything goes on' },
  'gateway.halted': { fr: 'Son compte d’opérateur est arrêté', en: 'Its account is halted' },
  'gateway.released': { fr: 'Son compte d’opérateur repart', en: 'Its account goes on' },
  'message.resolved': { fr: 'Sort établi par une personne.', en: 'A person found out what became of it.' },
  'contact.corrected': { fr: 'Fiche corrigée.', en: 'Contact corrected.' },
  'contact.number-changed': { fr: 'Changement de numéro.', en: 'Number changed.' },
  'contact.held': { fr: 'Conservée pour un litige.', en: 'Kept for a dispute.' },
  'contact.released': { fr: 'N’est plus conservée pour un litige.', en: 'No longer kept for a dispute.' },
};

/** What happens to a booking, whatever is booked. */
const BOOKING: Readonly<Record<string, Words>> = {
  booked: { fr: 'Réservé.', en: 'Booked.' },
  moved: { fr: 'Déplacé.', en: 'Moved.' },
  superseded: { fr: 'Remplacé par un autre.', en: 'Superseded by another.' },
  cancelled: { fr: 'Annulé.', en: 'Cancelled.' },
  confirmed: { fr: 'Confirmé par la personne.', en: 'Confirmed by the person.' },
  declined: {
    fr: 'La personne a répondu qu’elle ne vient pas.',
    en: 'The person answered that they do not come.',
  },
  'cancellation-requested': {
    fr: 'La personne demande d’annuler.',
    en: 'The person asks to cancel.',
  },
  'reply-unclear': {
    fr: 'Réponse à lire : ni oui ni non, ou pas pour quel rendez-vous.',
    en: 'An answer to read: neither yes nor no, or not for which appointment.',
  },
  'no-show': { fr: 'La personne n’est pas venue.', en: 'The person did not come.' },
  undelivered: { fr: 'Le SMS n’est pas arrivé : téléphoner.', en: 'The SMS did not arrive: phone.' },
  'correction-impossible': {
    fr: 'Plus d’heure permise pour corriger : téléphoner.',
    en: 'No lawful hour is left to correct it: phone.',
  },
  'notice-missing': { fr: 'L’avis légal manque.', en: 'The legal notice is missing.' },
  ended: { fr: 'Série close.', en: 'Series closed.' },
};

const MESSAGE: Readonly<Record<string, Words>> = {
  made: { fr: 'Écrit.', en: 'Written.' },
  marked: {
    fr: 'Dernier contrôle passé : l’appel à l’opérateur commence.',
    en: 'The last look passed: the call to the operator begins.',
  },
  'first-byte': { fr: 'Sur le fil.', en: 'On the wire.' },
  answered: { fr: 'L’opérateur a répondu.', en: 'The operator answered.' },
  accepted: { fr: 'Accepté par l’opérateur.', en: 'Taken by the operator.' },
  refused: { fr: 'Refusé par l’opérateur.', en: 'Refused by the operator.' },
  lost: { fr: 'Réponse perdue : le sort est inconnu.', en: 'The answer was lost: its fate is unknown.' },
};

const STATES: Readonly<Record<string, Words>> = {
  ready: { fr: 'Attend son heure.', en: 'Waits for its hour.' },
  submitting: { fr: 'Est en route.', en: 'Is under way.' },
  accepted: { fr: 'Accepté ; l’accusé n’est pas encore venu.', en: 'Accepted; no receipt came yet.' },
  delivered: { fr: 'Arrivé sur le téléphone.', en: 'Arrived on the phone.' },
  undelivered: { fr: 'Pas arrivé.', en: 'Did not arrive.' },
  excluded: { fr: 'Pas envoyé.', en: 'Not sent.' },
  failed: { fr: 'Refusé par l’opérateur.', en: 'Refused by the operator.' },
  expired: { fr: 'Trop tard pour partir.', en: 'Too late to leave.' },
  uncertain: {
    fr: 'Envoi incertain : une personne cherche s’il est parti.',
    en: 'Uncertain: a person looks whether it left.',
  },
};

const CONSENT: Readonly<Record<string, Words>> = {
  pending: { fr: 'Accord donné, numéro à confirmer', en: 'Agreed, number to be confirmed' },
  confirmed: { fr: 'Numéro confirmé', en: 'Number confirmed' },
  granted: { fr: 'Accord', en: 'Agreed' },
  refused: { fr: 'Refus', en: 'Refused' },
  withdrawn: { fr: 'Retrait', en: 'Withdrew' },
  objected: { fr: 'Opposition', en: 'Objected' },
  expired: { fr: 'Accord échu', en: 'Consent expired' },
  reinstated: { fr: 'Accord nouveau', en: 'Agreed anew' },
};

const PURPOSES: Readonly<Record<string, Words>> = {
  all: { fr: 'tout message', en: 'every message' },
  marketing: { fr: 'offres', en: 'offers' },
  appointment: { fr: 'rendez-vous', en: 'appointments' },
  renewal: { fr: 'renouvellement', en: 'renewals' },
  payment: { fr: 'échéances', en: 'payments' },
  confirmation: { fr: 'confirmation du numéro', en: 'confirmation of the number' },
};

const PERSON_ACTS: Words = {
  fr: 'Une personne doit dire ce qu’il est devenu.',
  en: 'A person must say what became of it.',
};

const said = (words: Words | undefined, code: string, language: Language): string =>
  words?.[language] ?? code;

/** What an entry of the audit says, a halt with its reason; an unknown one by its name. */
export function actWords(
  action: string,
  { language, reason }: { readonly language: Language; readonly reason?: unknown },
): string {
  const words = said(ACTS[action] ?? BOOKING[action.slice(action.indexOf('.') + 1)], action, language);
  if (!/^(?:tenant|gateway)\./.test(action)) return words;
  if (typeof reason !== 'string') return `${words}.`;
  return language === 'fr' ? `${words} : « ${reason} ».` : `${words}: “${reason}”.`;
}

/** What happened to a message. */
export const eventWords = (event: string, language: Language): string =>
  said(MESSAGE[event], event, language);

/** Where a message stands. */
export const stateWords = (state: string, language: Language): string => said(STATES[state], state, language);

/** An act of agreeing or leaving, and what it is about. */
export const consentWords = (
  { kind, purpose }: { readonly kind: string; readonly purpose: string },
  language: Language,
): string => `${said(CONSENT[kind], kind, language)} (${said(PURPOSES[purpose], purpose, language)}).`;

/** A message that waits, what it is for and why it has not left. */
export const waitingWords = (
  { purpose, why }: { readonly purpose: string; readonly why: string },
  language: Language,
): string => `SMS (${said(PURPOSES[purpose], purpose, language)})${language === 'fr' ? ' : ' : ': '}${why}`;

/** A campaign that was launched, and would write to a person, or might. */
export function launchedWords(
  { name, isKnown }: { readonly name: string; readonly isKnown: boolean },
  language: Language,
): string {
  if (language === 'fr')
    return isKnown
      ? `la campagne « ${name} » est lancée, et lui écrirait.`
      : `la campagne « ${name} » est lancée ; ses destinataires sont choisis à son départ, et la personne en sera peut-être.`;
  return isKnown
    ? `the campaign “${name}” is launched, and would write to this person.`
    : `the campaign “${name}” is launched; its recipients are chosen when it starts, and this person may be one of them.`;
}

/** What is asked of somebody. */
export const personActs = (language: Language): string => PERSON_ACTS[language];
