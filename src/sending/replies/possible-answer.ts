import type { ContactDeps } from '../../people/index.ts';
import { type Transaction, handlers } from '../../platform/index.ts';
import type { Answer } from '../../sms/index.ts';
import type { LastMessage } from './reply-match.ts';

/** A reply that requests nothing by itself: it may answer something that the person was asked. */
export interface PossibleAnswer {
  readonly inboundId: string;
  readonly accountId: string;
  /** E.164 of whoever wrote. */
  readonly phone: string;
  readonly to: string | undefined;
  /** The words as they were typed. */
  readonly typed: string;
  readonly said: 'confirm' | 'cancel' | 'decline' | 'other';
  /** Yes or no beyond doubt, or thanks. */
  readonly plain: Answer | undefined;
  /** Whose reply it is cannot be told. */
  readonly doubtful: boolean;
  /** ISO instant of the law clock. */
  readonly receivedAt: string;
  /** What the person read last. */
  readonly last: LastMessage | undefined;
}

/** Takes a reply for an answer to its own question, or leaves it: true where it took it. */
export type AnswerHandler = (tx: Transaction, deps: ContactDeps, reply: PossibleAnswer) => Promise<boolean>;

/** Called one after the other, until one takes the reply. */
export const answerHandlers = handlers<AnswerHandler>('answerHandlers');

/** Gives the reply to whoever may have asked something. */
export async function possiblyAnswered(...reply: Parameters<AnswerHandler>): Promise<void> {
  for (const handle of answerHandlers.all) if (await handle(...reply)) return;
}
