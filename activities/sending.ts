import type { Plan } from '../src/platform/index.ts';
import { type ActivityBounds, beating, type StopSignals, orElsewhere } from './attempt.ts';
import { answering } from './refusal.ts';

export interface BatchIds {
  readonly tenantId: string;
  readonly batchId: string;
}

export interface SendingPort {
  planShard(batch: BatchIds): Promise<Plan>;
  /** Sends for a minute or so; returns the next plan. */
  sendChunk(batch: BatchIds, attempt: ActivityBounds): Promise<Plan>;
  /** Sends the answers owed to people who wrote STOP or CONTACT, or asked for a code. */
  sendAcknowledgements(tenant: { readonly tenantId: string }, attempt: ActivityBounds): Promise<Plan>;
}

/** Creates the activities of the send path. */
export const createSendingActivities = (sending: SendingPort, ending: StopSignals) => ({
  planShard: (batch: BatchIds) =>
    answering(() => beating(ending, () => orElsewhere(() => sending.planShard(batch)))),
  sendChunk: (batch: BatchIds) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => sending.sendChunk(batch, attempt)))),
  sendAcknowledgements: (tenant: { readonly tenantId: string }) =>
    answering(() =>
      beating(ending, (attempt) => orElsewhere(() => sending.sendAcknowledgements(tenant, attempt))),
    ),
});
