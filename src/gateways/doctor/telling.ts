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
