import type { Language } from '../../law/rule.ts';
import type { TriedText } from './judge.ts';

/** Why a text of a trial may not leave. */
export type TrialBound = 'SEALED' | 'JOURNAL_WAITS' | 'HALTED' | 'SUPPRESSED';

/** The outcome of a text that the operator took; any other is its own code and words. */
export const ACCEPTED = 'accepted';

/** What a trial tells on its way. */
export type TrialNews =
  | { readonly kind: 'health'; readonly ok: boolean; readonly code?: string }
  | { readonly kind: 'sent'; readonly text: TriedText['id']; readonly outcome: string }
  | { readonly kind: 'held-back'; readonly bound: TrialBound }
  | { readonly kind: 'waiting'; readonly what: 'receipt' | 'reply' };

/** Whose name a trial is written under: the company's sender; a fake needs none. */
export const trialSender = (
  sender: string | null | undefined,
  { fake }: { readonly fake: boolean },
): string | undefined => {
  if (sender !== null && sender !== undefined && sender !== '') return sender;
  return fake ? 'BONHEURE' : undefined;
};

/** Texts of a trial: accents and € in one part of GSM-7, then two parts. */
export const TRIAL_TEXTS = {
  fr: {
    accents: 'Essai de Bonheure : à é è ù ò, É Ç Ä ñ ö ü, 10 €.',
    'two-parts':
      'Essai de Bonheure en deux parties : ce texte est plus long que ce qui tient dans un seul SMS. Il arrive en une fois, sans coupure ni mot perdu, et finit par le mot qui suit, marguerite.',
  },
  en: {
    accents: 'A trial of Bonheure: à é è ù ò, É Ç Ä ñ ö ü, 10 €.',
    'two-parts':
      'A trial of Bonheure in two parts: this text is longer than what one SMS can carry. It arrives at once, with nothing cut and no word lost, and it ends with the word that follows now, marguerite.',
  },
} as const satisfies Record<Language, Record<TriedText['id'], string>>;
