import { DateTime, Duration } from 'luxon';
import { LOG_KEPT, PROOF_KEPT, SUPPRESSION_KEPT } from '../law/chapters/retention.ts';
import type { Language, Words } from '../law/rule.ts';

/** What stays of a person, counted when the erasure ends. */
export interface Remains {
  readonly suppressions: number;
  readonly proofs: number;
  readonly events: number;
  readonly messages: number;
  /** ISO instant of the last message that was handed over; null when none ever was. */
  readonly lastMessageAt: string | null;
}

/** One thing that stays, under which rule and until when. */
export interface KeptLine {
  readonly what: 'suppression' | 'proof' | 'event' | 'message' | 'journal';
  readonly count: number;
  readonly ruleId: string;
  /** ISO instant; null where it stays as long as the chain that it belongs to. */
  readonly until: string | null;
}

/** What stays, by which rule; a kind of which there is nothing is not listed. */
export function keptLines(remains: Remains, now: DateTime, journalDays: number): KeptLine[] {
  const lastMessage = remains.lastMessageAt === null ? now : DateTime.fromISO(remains.lastMessageAt);
  const lines: KeptLine[] = [
    {
      what: 'suppression',
      count: remains.suppressions,
      ruleId: 'RET-02',
      until: after(now, SUPPRESSION_KEPT.on(now)),
    },
    { what: 'proof', count: remains.proofs, ruleId: 'RET-03', until: after(now, PROOF_KEPT.on(now)) },
    { what: 'event', count: remains.events, ruleId: 'RET-05', until: null },
    {
      what: 'message',
      count: remains.messages,
      ruleId: 'RET-04',
      until: after(lastMessage, LOG_KEPT.on(now)),
    },
    { what: 'journal', count: 1, ruleId: 'RET-05', until: now.plus({ days: journalDays }).toISO() },
  ];
  return lines.filter(({ count }) => count > 0);
}

const after = (from: DateTime, period: string): string => from.plus(Duration.fromISO(period)).toISO() ?? '';

/** What each kind of thing that stays is, and why it may. */
export const keptBecause = (what: KeptLine['what'], language: Language): string => KEPT[what][language];

/** What each kind of thing that went is. */
export const removedWhat = (what: string, language: Language): string => REMOVED[what]?.[language] ?? what;

const KEPT: Readonly<Record<KeptLine['what'], Words>> = {
  suppression: {
    fr: 'L’empreinte à clé du numéro et la date de l’opposition, pour que le même numéro, importé à nouveau, ne reçoive rien. Le numéro ne s’en déduit pas. Gardée au moins jusqu’à cette date, et tant que le responsable fait de la publicité.',
    en: 'The keyed fingerprint of the number and the date of the objection, so that the same number, imported again, receives nothing. The number cannot be told from it. Kept at least until then, and as long as the controller advertises.',
  },
  proof: {
    fr: 'Les preuves des accords qui ont servi et des retraits, sans numéro ni nom, sous la clé d’archive : la défense d’un droit en justice (RGPD, art. 17(3)(e)).',
    en: 'The proofs of agreements that were used and of leavings, without number or name, under the archive key: the defence of legal claims (GDPR, art. 17(3)(e)).',
  },
  event: {
    fr: 'Les actes (identifiant, date, finalité, condensat salé) de la chaîne de preuves, qui ne nomment personne et ne peuvent être retirés sans la rompre.',
    en: 'The acts (id, date, purpose, salted digest) of the chain of proofs, which name nobody and cannot be taken out without breaking it.',
  },
  message: {
    fr: 'La trace des messages (identifiant, état, motif, dates), sans numéro ni texte.',
    en: 'The record of messages (id, state, reason, dates), without number or text.',
  },
  journal: {
    fr: 'Le journal chiffré des oppositions et les sauvegardes, jusqu’à leur fin de vie.',
    en: 'The encrypted journal of opt-outs and the backups, until they expire.',
  },
};

const REMOVED: Readonly<Record<string, Words>> = {
  profile: {
    fr: 'La fiche : numéro, nom, date de naissance, attributs ; et la clé qui l’ouvrait.',
    en: 'The profile: number, name, birth date, attributes; and the key that opened it.',
  },
  proofs: {
    fr: 'Preuves devenues inutiles : rien n’avait été envoyé à ce titre, ou elles nommaient la personne.',
    en: 'Proofs no longer needed: nothing had been sent on their ground, or they named the person.',
  },
  texts: { fr: 'Textes de messages.', en: 'Texts of messages.' },
  answers: {
    fr: 'Réponses à un STOP, à un CONTACT ou à une inscription.',
    en: 'Answers to a STOP, a CONTACT or a sign-up.',
  },
  replies: { fr: 'Réponses reçues de la personne.', en: 'Replies received from the person.' },
  bookings: {
    fr: 'Ce que disaient les rendez-vous, contrats et échéances.',
    en: 'What appointments, contracts and instalments said.',
  },
  formAnswers: {
    fr: 'Réponses à un formulaire, et codes de confirmation.',
    en: 'Answers to a form, and confirmation codes.',
  },
  importRows: { fr: 'Mentions dans les fichiers importés.', en: 'Mentions in imported files.' },
  rejectedRows: {
    fr: 'Lignes refusées d’un fichier qui portaient ce numéro.',
    en: 'Rejected rows of files that held this number.',
  },
  requests: { fr: 'Réponses d’API gardées pour répétition.', en: 'API answers kept for repetition.' },
};
