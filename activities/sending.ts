import type { Plan } from '../src/messages/plan.ts';
import { beating, orElsewhere, type Attempt } from './attempt.ts';
import { answering } from './refusal.ts';

/** One batch of one tenant. */
export interface BatchIds {
  readonly tenantId: string;
  readonly batchId: string;
}

/** What sending needs of the ledger; all of it safe to repeat. */
export interface SendingPort {
  planShard(batch: BatchIds): Promise<Plan>;
  /** Sends for a minute or so; answers the next plan. */
  sendChunk(batch: BatchIds, attempt: Attempt): Promise<Plan>;
  /** Answers what is owed to those who wrote STOP or CONTACT, or asked for a code. */
  sendAcknowledgements(tenant: { readonly tenantId: string }, attempt: Attempt): Promise<Plan>;
}

/** The verbs of the send path. */
export const createSendingActivities = (sending: SendingPort, stopping: AbortSignal) => ({
  planShard: (batch: BatchIds) =>
    answering(() => beating(stopping, () => orElsewhere(() => sending.planShard(batch)))),
  sendChunk: (batch: BatchIds) =>
    answering(() => beating(stopping, (attempt) => orElsewhere(() => sending.sendChunk(batch, attempt)))),
  sendAcknowledgements: (tenant: { readonly tenantId: string }) =>
    answering(() =>
      beating(stopping, (attempt) => orElsewhere(() => sending.sendAcknowledgements(tenant, attempt))),
    ),
});
