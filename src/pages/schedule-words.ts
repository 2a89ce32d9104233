import type { Language } from '../law/rule.ts';

const fr = {
  title: 'Votre échéancier',
  lead: 'Les dates et les montants convenus avec {company}.',
  number: 'N°',
  date: 'Date',
  amount: 'Montant',
  state: 'État',
  paid: 'Payée',
  due: 'À venir',
  past: 'Date passée',
  asked: 'Tel qu’il est enregistré aujourd’hui. Cette page ne demande rien et n’enregistre rien.',
  editor: 'Échéancier tenu par',
  reach: 'Une question',
  goneTitle: 'Ce lien ne mène à rien',
  goneLead:
    'Il est incomplet, ou l’échéancier qu’il montrait n’est plus dans nos fichiers. Vérifiez qu’il est copié en entier.',
  expiredTitle: 'Cet échéancier est terminé',
  expiredLead: 'La page se ferme avec la dernière échéance, ou avec l’échéancier.',
  instead: 'Pour une question, appelez la société qui vous a écrit.',
  manyTitle: 'Un instant',
  manyLead: 'Il y a beaucoup de demandes depuis votre réseau : réessayez dans une minute.',
  awayTitle: 'Un moment, s’il vous plaît',
  awayLead: 'Le service ne répond pas : réessayez dans une minute.',
};

/** The words of a payment plan. */
type ScheduleWords = typeof fr;

const en: ScheduleWords = {
  title: 'Your payment schedule',
  lead: 'The dates and amounts agreed with {company}.',
  number: 'No.',
  date: 'Date',
  amount: 'Amount',
  state: 'State',
  paid: 'Paid',
  due: 'To come',
  past: 'Date past',
  asked: 'As it is on record today. This page asks for nothing and records nothing.',
  editor: 'Schedule kept by',
  reach: 'A question',
  goneTitle: 'This link leads to nothing',
  goneLead:
    'It is incomplete, or the schedule that it showed is no longer in our files. Check that it was copied whole.',
  expiredTitle: 'This schedule is over',
  expiredLead: 'The page closes with the last payment due, or with the schedule.',
  instead: 'For any question, call the company that wrote to you.',
  manyTitle: 'One moment',
  manyLead: 'Many requests come from your network: try again in a minute.',
  awayTitle: 'One moment, please',
  awayLead: 'The service does not answer: try again in a minute.',
};

/** French unless English was asked. */
export const scheduleWords: Readonly<Record<Language, ScheduleWords>> = { fr, en };
