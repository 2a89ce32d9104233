import type { TriedText } from './judge.ts';

/** The reasons why a text of a trial may not be sent. */
export type TrialBound = 'SEALED' | 'JOURNAL_WAITS' | 'HALTED' | 'SUPPRESSED';

/** The outcome of an accepted text; any other is the operator's code and words. */
export const ACCEPTED = 'accepted';

/** The news of a trial under way. */
export type TrialNews =
  | { readonly kind: 'health'; readonly ok: boolean; readonly code?: string }
  | { readonly kind: 'sent'; readonly text: TriedText['id']; readonly outcome: string }
  | { readonly kind: 'held-back'; readonly bound: TrialBound }
  | { readonly kind: 'waiting'; readonly what: 'receipt' | 'reply' };

/** Returns the sender of a trial: the company's; a fake needs none. */
export const trialSender = (
  sender: string | null | undefined,
  { fake }: { readonly fake: boolean },
): string | undefined => {
  if (sender !== null && sender !== undefined && sender !== '') return sender;
  return fake ? 'BONHEURE' : undefined;
};
