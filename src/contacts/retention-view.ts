import type { Language, Words } from '../law/rule.ts';
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
    fr: `Contacts qu’aucune finalité ne permet d’écrire (${because}), sans série ouverte ni litige : à reconfirmer, ou retirés 30 jours après l’annonce ; l’opposition reste.`,
    en: `Contacts that no purpose allows to write to (${because}), without open series or claim: to reconfirm, or removed 30 days after the notice; the suppression stays.`,
  },
});

const KINDS: Readonly<Record<string, Kind>> = {
  consentsExpired: {
    ruleId: 'RET-01',
    words: {
      fr: 'Accords de prospection sans signe de la personne depuis trois ans : ils ne servent plus.',
      en: 'Agreements to marketing without a sign from the person for three years: no longer used.',
    },
  },
  contactsNoticed: {
    ruleId: 'RET-01',
    words: {
      fr: 'Contacts sans base, annoncés : reconfirmer d’ici 30 jours, sinon ils sont retirés.',
      en: 'Contacts without a basis, noticed: reconfirm within 30 days, or they are removed.',
    },
  },
  contactsRemoved: {
    ruleId: 'RET-01',
    words: {
      fr: 'Contacts annoncés depuis 30 jours et restés sans base : retirés ; l’opposition reste.',
      en: 'Contacts noticed 30 days ago that stayed without a basis: removed; the suppression stays.',
    },
  },
  texts: {
    ruleId: 'RET-04',
    words: {
      fr: 'Textes de rappels, 30 jours après l’événement.',
      en: 'Texts of reminders, 30 days after the event.',
    },
  },
  answers: {
    ruleId: 'RET-04',
    words: {
      fr: 'Textes des réponses aux STOP, aux CONTACT et aux inscriptions, après 30 jours.',
      en: 'Texts of answers to STOP, CONTACT and sign-ups, after 30 days.',
    },
  },
  replies: {
    ruleId: 'RET-04',
    words: {
      fr: 'Réponses reçues, après douze mois ; celles qui attendent une décision restent.',
      en: 'Replies received, after twelve months; those that wait for a decision stay.',
    },
  },
  rights: {
    ruleId: 'RET-03',
    words: {
      fr: 'Demandes d’exercice de droits, cinq ans après la réponse ; celles qui attendent restent.',
      en: 'Requests under the RGPD, five years after the answer; those that wait stay.',
    },
  },
  cancellations: {
    ruleId: 'RET-04',
    words: {
      fr: 'Annulations arrivées avant leur réservation, après douze mois.',
      en: 'Cancellations that came before their booking, after twelve months.',
    },
  },
  proofs: {
    ruleId: 'RET-03',
    words: {
      fr: 'Preuves de personnes désinscrites ou effacées, cinq ans après l’acte.',
      en: 'Proofs of people who are gone, five years after the act.',
    },
  },
};
