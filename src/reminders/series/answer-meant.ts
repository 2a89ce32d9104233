import type { Reminded } from './reminded.repository.ts';

/** What a person may say to a reminder; `other` is neither yes nor no. */
export type SaidToReminder = 'confirm' | 'decline' | 'cancel' | 'other';

/** Which appointment a reply is about: one, none any more, or a question for a person. */
export type AnswerMeant =
  | { readonly kind: 'one'; readonly seriesId: string; readonly asked: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'doubtful'; readonly seriesIds: readonly string[] };

/** A reply, and from which sender's message it may come. */
export interface SaidTo {
  readonly said: SaidToReminder;
  /** The sender answered, as far as the operator tells it. */
  readonly to: string | undefined;
  /** Whether more than one company may be meant. */
  readonly doubtful: boolean;
}

/**
 * Finds the appointment meant, never by a guess: the latest reminder to that number from that sender.
 *
 * A NON, or what cannot be read, means something only where a text asked.
 */
export function answerMeant(reminded: readonly Reminded[], { said, to, doubtful }: SaidTo): AnswerMeant {
  const bySender = reminded.filter(({ sender }) => sender === to);
  const read = bySender.length > 0 ? bySender : reminded;
  const ahead = read.flatMap((one) =>
    one.ahead && one.seriesId !== null ? [{ ...one, seriesId: one.seriesId }] : [],
  );
  const needsAsking = said === 'decline' || said === 'other';
  const meant = needsAsking && !ahead.some(({ asked }) => asked) ? [] : ahead;
  const [only, another] = meant;
  if (only === undefined) return { kind: 'none' };
  const isLast = read[0]?.seriesId === only.seriesId;
  if (another !== undefined || doubtful || !isLast || !stands(only, said))
    return { kind: 'doubtful', seriesIds: meant.map(({ seriesId }) => seriesId) };
  return { kind: 'one', seriesId: only.seriesId, asked: only.askedNow };
}

/** Whoever answers has read the date: one that changed since is not what was answered. Any may be cancelled. */
const stands = ({ current, askedNow }: Reminded, said: SaidToReminder): boolean => {
  if (said === 'cancel') return true;
  return said === 'confirm' ? current : askedNow;
};
