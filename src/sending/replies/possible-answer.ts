import type { ContactDeps } from '../../people/index.ts';
import { type Transaction, handlers } from '../../platform/index.ts';
import type { ReplyAnswer } from '../../sms/index.ts';
import type { LastMessage } from './reply-match.ts';

/** A reply without a request of its own: it may answer a question. */
export interface PossibleAnswer {
  readonly inboundId: string;
  readonly accountId: string;
  /** E.164 of the sender. */
  readonly phone: string;
  readonly to: string | undefined;
  /** The words as typed. */
  readonly typed: string;
  readonly said: 'confirm' | 'cancel' | 'decline' | 'other';
  /** A clear yes or no, or thanks. */
  readonly plain: ReplyAnswer | undefined;
  /** True when the reply's tenant is ambiguous. */
  readonly doubtful: boolean;
  /** ISO instant of the law clock. */
  readonly receivedAt: string;
  /** The last message that the person received. */
  readonly last: LastMessage | undefined;
}

/** Accepts a reply as the answer to its own question, or not: true where it did. */
export type AnswerHandler = (tx: Transaction, deps: ContactDeps, reply: PossibleAnswer) => Promise<boolean>;

/** Called one after the other, until one takes the reply. */
export const answerHandlers = handlers<AnswerHandler>('answerHandlers');

/** Offers the reply to every handler that may have asked something. */
export async function possiblyAnswered(...reply: Parameters<AnswerHandler>): Promise<void> {
  for (const handle of answerHandlers.all) if (await handle(...reply)) return;
}
