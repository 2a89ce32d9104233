import type { Language, Purpose } from '../law/rule.ts';

/** The texts that Bonheure writes when nobody wrote another. */
export const TEXT_NAMES = [
  'appointment',
  'moved',
  'cancelled',
  'renewal',
  'ending',
  'schedule',
  'schedule-summary',
  'payment',
  'overdue',
  'stop-marketing',
  'stop-reminder',
  'stop-all',
  'contact',
  'start',
  'confirmation-code',
  'confirmation-link',
] as const;

/** The name of a default text. */
export type TextName = (typeof TEXT_NAMES)[number];

/** Purpose under which each text leaves, hence its variables and its opt-out. */
export const TEXT_PURPOSES: Readonly<Record<TextName, Purpose>> = {
  appointment: 'appointment',
  moved: 'appointment',
  cancelled: 'appointment',
  renewal: 'renewal',
  ending: 'renewal',
  schedule: 'payment',
  'schedule-summary': 'payment',
  payment: 'payment',
  overdue: 'payment',
  'stop-marketing': 'acknowledgement',
  'stop-reminder': 'acknowledgement',
  'stop-all': 'acknowledgement',
  contact: 'acknowledgement',
  start: 'acknowledgement',
  'confirmation-code': 'confirmation',
  'confirmation-link': 'confirmation',
};

const french: Readonly<Record<TextName, string>> = {
  appointment:
    '{practice} : rappel de votre rendez-vous {weekday} {date} à {time}, {address}. Pour le déplacer : {phone}. {stop}',
  moved:
    '{practice} : votre rendez-vous est déplacé au {weekday} {date} à {time}, {address}. Une question : {phone}. {stop}',
  cancelled: '{practice} : votre rendez-vous du {date} à {time} est annulé. Une question : {phone}. {stop}',
  renewal:
    "{brand} : votre contrat {service} se renouvelle le {renewsOn}. Vous pouvez le refuser jusqu'au {refuseBy} : {phone}. {stop}",
  ending: '{brand} : votre contrat {service} prend fin le {renewsOn}. Une question : {phone}. {stop}',
  schedule: '{brand}, {label} : vos échéances : {instalments}. {stop}',
  'schedule-summary':
    '{brand}, {label} : {count} échéances, {firstInstalment} puis {lastInstalment}. Toutes : {scheduleLink}. {stop}',
  payment: '{brand}, {label} : échéance de {amount} le {dueOn}. Une question : {phone}. {stop}',
  overdue:
    "{brand}, {label} : sauf erreur, l'échéance de {amount} du {dueOn} reste à régler. Une question : {phone}. {stop}",
  'stop-marketing': "{brand} : c'est noté, vous ne recevrez plus nos offres par SMS.",
  'stop-reminder':
    "{practice} : c'est noté, plus de rappels ni de publicité par SMS. Vos rendez-vous sont maintenus.",
  'stop-all': "{brand} : c'est noté, vous ne recevrez plus aucun SMS de notre part.",
  contact: '{brand} : SMS édité par {legalName}, {contact}. {stop}',
  start: '{brand} : vous aviez dit STOP. Pour revenir, il faut un nouvel accord de votre part : {contact}.',
  'confirmation-code':
    "{brand} : votre code {code} pour confirmer votre numéro. Vous n'avez rien demandé ? Ignorez ce SMS.",
  'confirmation-link':
    "{brand} : confirmez votre numéro : {confirmLink} Vous n'avez rien demandé ? Ignorez ce SMS.",
};

const english: Readonly<Record<TextName, string>> = {
  appointment:
    '{practice}: reminder of your appointment {weekday} {date} at {time}, {address}. To move it: {phone}. {stop}',
  moved:
    '{practice}: your appointment is moved to {weekday} {date} at {time}, {address}. Any question: {phone}. {stop}',
  cancelled: '{practice}: your appointment of {date} at {time} is cancelled. Any question: {phone}. {stop}',
  renewal:
    '{brand}: your contract {service} renews on {renewsOn}. You may refuse it until {refuseBy}: {phone}. {stop}',
  ending: '{brand}: your contract {service} ends on {renewsOn}. Any question: {phone}. {stop}',
  schedule: '{brand}, {label}: your instalments: {instalments}. {stop}',
  'schedule-summary':
    '{brand}, {label}: {count} instalments, {firstInstalment} then {lastInstalment}. All: {scheduleLink}. {stop}',
  payment: '{brand}, {label}: {amount} due on {dueOn}. Any question: {phone}. {stop}',
  overdue:
    '{brand}, {label}: unless we are mistaken, {amount} of {dueOn} is still due. Any question: {phone}. {stop}',
  'stop-marketing': '{brand}: noted, you will get no more offers from us by SMS.',
  'stop-reminder': '{practice}: noted, no more reminders or advertising by SMS. Your appointments stand.',
  'stop-all': '{brand}: noted, you will get no more SMS from us.',
  contact: '{brand}: SMS published by {legalName}, {contact}. {stop}',
  start: '{brand}: you had said STOP. To come back, we need a new agreement from you: {contact}.',
  'confirmation-code': '{brand}: your code {code} to confirm your number. Not you? Ignore this SMS.',
  'confirmation-link': '{brand}: confirm your number: {confirmLink} Not you? Ignore this SMS.',
};

const texts: Readonly<Record<Language, Readonly<Record<TextName, string>>>> = { fr: french, en: english };

/** The default text of a name in the language of a locale. */
export function defaultText(name: TextName, locale: string): string {
  return texts[languageOf(locale)][name];
}

/** The language of a BCP 47 tag; French when it is neither of ours. */
export function languageOf(locale: string): Language {
  return /^en(?:[-_]|$)/i.test(locale.trim()) ? 'en' : 'fr';
}
