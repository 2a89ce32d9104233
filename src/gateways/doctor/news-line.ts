import type { Language } from '../../law/rule.ts';
import { ACCEPTED, type TrialBound, type TrialNews } from './telling.ts';

const WORDS = {
  fr: {
    answers: 'L’opérateur répond.',
    silent: 'L’opérateur ne répond pas comme attendu :',
    sent: { accents: 'SMS avec accents :', 'two-parts': 'SMS de deux parties :' },
    accepted: 'accepté',
    waiting: { receipt: 'En attente de l’accusé…', reply: 'En attente de la réponse…' },
  },
  en: {
    answers: 'The operator answers.',
    silent: 'The operator does not answer as expected:',
    sent: { accents: 'Text with accents:', 'two-parts': 'Text of two parts:' },
    accepted: 'accepted',
    waiting: { receipt: 'Waiting for the receipt…', reply: 'Waiting for the reply…' },
  },
} as const;

const BOUNDS = {
  fr: {
    SEALED: 'Rien ne part : l’instance est scellée après une restauration.',
    JOURNAL_WAITS: 'Rien ne part : des oppositions attendent encore dans le journal.',
    HALTED: 'Rien ne part : ce compte, ou la société, est arrêté. Levez l’arrêt d’abord.',
    SUPPRESSED:
      'Rien ne part : ce numéro a dit STOP. Levez-le par POST /v1/consents avec une nouvelle preuve, ou prenez un autre téléphone.',
  },
  en: {
    SEALED: 'Nothing leaves: the instance is sealed after a restore.',
    JOURNAL_WAITS: 'Nothing leaves: opt-outs still wait in the journal.',
    HALTED: 'Nothing leaves: this account, or the company, is halted. Release it first.',
    SUPPRESSED:
      'Nothing leaves: this number said STOP. Lift it by POST /v1/consents with a new proof, or take another phone.',
  },
} as const satisfies Record<Language, Record<TrialBound, string>>;

/** One thing told on the way. */
export function newsLine(news: TrialNews, language: Language): string {
  const words = WORDS[language];
  switch (news.kind) {
    case 'health':
      return news.ok ? words.answers : `${words.silent} ${news.code ?? ''}`;
    case 'sent':
      return `${words.sent[news.text]} ${news.outcome === ACCEPTED ? words.accepted : news.outcome}`;
    case 'held-back':
      return BOUNDS[language][news.bound];
    case 'waiting':
      return words.waiting[news.what];
    default:
      return news satisfies never;
  }
}
