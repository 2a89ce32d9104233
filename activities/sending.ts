import type { Plan } from '../src/platform/index.ts';
import { type Attempt, beating, type Ending, orElsewhere } from './attempt.ts';
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
export const createSendingActivities = (sending: SendingPort, ending: Ending) => ({
  planShard: (batch: BatchIds) =>
    answering(() => beating(ending, () => orElsewhere(() => sending.planShard(batch)))),
  sendChunk: (batch: BatchIds) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => sending.sendChunk(batch, attempt)))),
  sendAcknowledgements: (tenant: { readonly tenantId: string }) =>
    answering(() =>
      beating(ending, (attempt) => orElsewhere(() => sending.sendAcknowledgements(tenant, attempt))),
    ),
});
