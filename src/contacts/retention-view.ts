import { CONTACT_KEPT, LOG_KEPT, PROOF_KEPT, TEXT_KEPT } from '../law/chapters/retention.ts';
import { howLong, type Language, type Words } from '../law/rule.ts';
import { NOTICE_DAYS } from './retention.ts';
import type { RetentionRun } from './retention-run.repository.ts';

const [contact, proof] = [howLong(CONTACT_KEPT), howLong(PROOF_KEPT)];
const [text, log] = [howLong(TEXT_KEPT), howLong(LOG_KEPT)];
const notice = howLong({ days: NOTICE_DAYS });

/** One kind of thing of a run: how many, why, by which rule. */
interface LineView {
  readonly what: string;
  readonly count: number;
  readonly ruleId: string;
  readonly text: string;
}

/** A run as answers show it: its certificate, or what a cleaning would do. */
export interface RunView extends Omit<RetentionRun, 'lines'> {
  readonly lines: readonly LineView[];
}

/** The view of a run. */
export const runView = ({ lines, ...run }: RetentionRun, language: Language): RunView => ({
  ...run,
  lines: Object.entries(lines).map(([what, count]) => {
    const { ruleId, words } = kindOf(what);
    return { what, count, ruleId, text: words[language] };
  }),
});

interface Kind {
  readonly ruleId: string;
  readonly words: Words;
}

const kindOf = (what: string): Kind => {
  const [kind = what, because = ''] = what.split('.');
  return KINDS[kind] ?? baseless(because);
};

const baseless = (because: string): Kind => ({
  ruleId: 'RET-01',
  words: {
    fr: `Contacts qu’aucune finalité ne permet d’écrire (${because}), sans série ouverte ni litige : à reconfirmer, ou retirés ${notice.fr} après l’annonce ; l’opposition reste.`,
    en: `Contacts that no purpose allows to write to (${because}), without open series or claim: to reconfirm, or removed ${notice.en} after the notice; the suppression stays.`,
  },
});

const KINDS: Readonly<Record<string, Kind>> = {
  consentsExpired: {
    ruleId: 'RET-01',
    words: {
      fr: `Accords de prospection sans signe de la personne depuis ${contact.fr} : ils ne servent plus.`,
      en: `Agreements to marketing without a sign from the person for ${contact.en}: no longer used.`,
    },
  },
  contactsNoticed: {
    ruleId: 'RET-01',
    words: {
      fr: `Contacts sans base, annoncés : reconfirmer d’ici ${notice.fr}, sinon ils sont retirés.`,
      en: `Contacts without a basis, noticed: reconfirm within ${notice.en}, or they are removed.`,
    },
  },
  contactsRemoved: {
    ruleId: 'RET-01',
    words: {
      fr: `Contacts annoncés depuis ${notice.fr} et restés sans base : retirés ; l’opposition reste.`,
      en: `Contacts noticed ${notice.en} ago that stayed without a basis: removed; the suppression stays.`,
    },
  },
  texts: {
    ruleId: 'RET-04',
    words: {
      fr: `Textes de rappels, ${text.fr} après l’événement.`,
      en: `Texts of reminders, ${text.en} after the event.`,
    },
  },
  answers: {
    ruleId: 'RET-04',
    words: {
      fr: `Textes des réponses aux STOP, aux CONTACT et aux inscriptions, après ${text.fr}.`,
      en: `Texts of answers to STOP, CONTACT and sign-ups, after ${text.en}.`,
    },
  },
  replies: {
    ruleId: 'RET-04',
    words: {
      fr: `Réponses reçues, après ${log.fr} ; celles qui attendent une décision restent.`,
      en: `Replies received, after ${log.en}; those that wait for a decision stay.`,
    },
  },
  rights: {
    ruleId: 'RET-03',
    words: {
      fr: `Demandes d’exercice de droits, ${proof.fr} après la réponse ; celles qui attendent restent.`,
      en: `Requests under the RGPD, ${proof.en} after the answer; those that wait stay.`,
    },
  },
  cancellations: {
    ruleId: 'RET-04',
    words: {
      fr: `Annulations arrivées avant leur réservation, après ${log.fr}.`,
      en: `Cancellations that came before their booking, after ${log.en}.`,
    },
  },
  proofs: {
    ruleId: 'RET-03',
    words: {
      fr: `Preuves de personnes désinscrites ou effacées, ${proof.fr} après l’acte.`,
      en: `Proofs of people who are gone, ${proof.en} after the act.`,
    },
  },
};
