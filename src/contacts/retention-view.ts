import { CONTACT_KEPT, LOG_KEPT, PROOF_KEPT, TEXT_KEPT } from '../law/chapters/retention.ts';
import type { Day } from '../law/dated.ts';
import { howLong, type Language, type Words } from '../law/rule.ts';
import { NOTICE_DAYS } from './retention.ts';
import { filled } from '../words/filled.ts';
import type { RetentionRun } from './retention-run.repository.ts';

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

/** The view of a run: its lengths of time are those in force on its day. */
export const runView = ({ lines, ...run }: RetentionRun, language: Language): RunView => {
  const lengths = lengthsOn(run.startedAt, language);
  return {
    ...run,
    lines: Object.entries(lines).map(([what, count]) => {
      const [kind = what, because = ''] = what.split('.');
      const { ruleId, words } = KINDS[kind] ?? BASELESS;
      return { what, count, ruleId, text: filled(words, { because, ...lengths })[language] };
    }),
  };
};

interface Kind {
  readonly ruleId: string;
  readonly words: Words;
}

const lengthsOn = (day: Day, language: Language): Readonly<Record<string, string>> => ({
  contact: howLong(CONTACT_KEPT.on(day))[language],
  proof: howLong(PROOF_KEPT.on(day))[language],
  text: howLong(TEXT_KEPT.on(day))[language],
  log: howLong(LOG_KEPT.on(day))[language],
  notice: howLong({ days: NOTICE_DAYS })[language],
});

const BASELESS: Kind = {
  ruleId: 'RET-01',
  words: {
    fr: 'Contacts qu’aucune finalité ne permet d’écrire ({because}), sans série ouverte ni litige : à reconfirmer, ou retirés {notice} après l’annonce ; l’opposition reste.',
    en: 'Contacts that no purpose allows to write to ({because}), without open series or claim: to reconfirm, or removed {notice} after the notice; the suppression stays.',
  },
};

const KINDS: Readonly<Record<string, Kind>> = {
  consentsExpired: {
    ruleId: 'RET-01',
    words: {
      fr: 'Accords de prospection sans signe de la personne depuis {contact} : ils ne servent plus.',
      en: 'Agreements to marketing without a sign from the person for {contact}: no longer used.',
    },
  },
  contactsNoticed: {
    ruleId: 'RET-01',
    words: {
      fr: 'Contacts sans base, annoncés : reconfirmer d’ici {notice}, sinon ils sont retirés.',
      en: 'Contacts without a basis, noticed: reconfirm within {notice}, or they are removed.',
    },
  },
  contactsRemoved: {
    ruleId: 'RET-01',
    words: {
      fr: 'Contacts annoncés depuis {notice} et restés sans base : retirés ; l’opposition reste.',
      en: 'Contacts noticed {notice} ago that stayed without a basis: removed; the suppression stays.',
    },
  },
  texts: {
    ruleId: 'RET-04',
    words: {
      fr: 'Textes de rappels, {text} après l’événement.',
      en: 'Texts of reminders, {text} after the event.',
    },
  },
  answers: {
    ruleId: 'RET-04',
    words: {
      fr: 'Textes des réponses aux STOP, aux CONTACT et aux inscriptions, après {text}.',
      en: 'Texts of answers to STOP, CONTACT and sign-ups, after {text}.',
    },
  },
  replies: {
    ruleId: 'RET-04',
    words: {
      fr: 'Réponses reçues, après {log} ; celles qui attendent une décision restent.',
      en: 'Replies received, after {log}; those that wait for a decision stay.',
    },
  },
  rights: {
    ruleId: 'RET-03',
    words: {
      fr: 'Demandes d’exercice de droits, {proof} après la réponse ; celles qui attendent restent.',
      en: 'Requests under the RGPD, {proof} after the answer; those that wait stay.',
    },
  },
  cancellations: {
    ruleId: 'RET-04',
    words: {
      fr: 'Annulations arrivées avant leur réservation, après {log}.',
      en: 'Cancellations that came before their booking, after {log}.',
    },
  },
  proofs: {
    ruleId: 'RET-03',
    words: {
      fr: 'Preuves de personnes désinscrites ou effacées, {proof} après l’acte.',
      en: 'Proofs of people who are gone, {proof} after the act.',
    },
  },
};
