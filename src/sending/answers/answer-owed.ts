import { type Clock, type Transaction, addIntents, type TenantKeys } from '../../platform/index.ts';
import { senderFromBrand } from '../../sms/index.ts';
import { answerOwed } from './acknowledgement-intent.ts';
import { mayBeInvitedBack, oweAnswer } from './acknowledgement.repository.ts';
import { answerText, type AnswerKind } from './answer-text.ts';
import { answerPlace } from './compose-answer.ts';
import { readPublisher } from './publisher.repository.ts';
import type { LastMessage } from '../replies/reply-match.ts';
import { frenchDay } from '../../law/index.ts';

/** The answer to send and its recipient. */
export interface AnswerAsked {
  readonly inboundId: string;
  readonly kind: AnswerKind;
  readonly accountId: string;
  /** E.164. */
  readonly to: string;
  readonly last: LastMessage | undefined;
}

/** Owes a person one answer, at most one a day; the tenant's workflow is signalled in the same commit. */
export async function oweThem(
  tx: Transaction,
  deps: { readonly keys: TenantKeys; readonly clock: Clock; readonly newId: () => string },
  asked: AnswerAsked,
): Promise<void> {
  const { keys, clock } = deps;
  if (asked.kind === 'start' && !(await mayBeInvitedBack(tx, keys.phoneIndex(asked.to)))) return;
  const publisher = await readPublisher(tx, keys, asked.last?.batchId);
  const text = answerText(asked.kind, publisher);
  const now = clock.now();
  const sender =
    asked.last?.sender ?? publisher.sender ?? senderFromBrand(publisher.brand, frenchDay(now)) ?? '';
  const owed = await oweAnswer(tx, {
    inboundId: asked.inboundId,
    kind: asked.kind === 'contact' || asked.kind === 'start' ? asked.kind : 'stop',
    accountId: asked.accountId,
    phoneIndex: keys.phoneIndex(asked.to),
    onDay: now.setZone(publisher.timeZone).toISODate() ?? now.toISODate(),
    newBatchId: deps.newId(),
    at: now.toISO(),
    sealFor: (batchId, seq) =>
      keys.seal(answerPlace(batchId, seq), JSON.stringify({ to: asked.to, sender, text })),
  });
  if (owed) await addIntents(tx, [answerOwed(tx.tenantId)], clock.machine());
}
