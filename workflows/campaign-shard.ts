import { getExternalWorkflowHandle, patched, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { again } from './again.ts';
import { conduct } from './conduct.ts';
import { WorkflowState } from './desk.ts';
import { unlessCancelled } from './cancellation.ts';
import { replan } from './messages.ts';
import { queues } from './queues.ts';
import { planning, retry, timeOuts } from './time-outs.ts';
import { words } from './words.ts';

/** Patch: a shard ends for now when its campaign calls it back: at once while it sleeps, after its chunk while it sends. */
const COMES_BACK = 'comes-back';

/** A share of a campaign: one locality, some 25,000 to 50,000 people. */
export interface Shard {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly batchId: string;
  readonly shard: number;
}

/** Sends one share of a campaign chunk by chunk, window after window, until it is done. */
export async function campaignShard(shard: Shard): Promise<string> {
  const { tenantId, campaignId, batchId } = shard;
  const said = words();
  const { planShard } = proxyActivities<Activities>({ ...planning, summary: said.planShard });
  const { sendChunk } = proxyActivities<Activities>({
    taskQueue: queues.bulk,
    startToCloseTimeout: timeOuts.chunkMs,
    heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
    retry,
    // Behind reminders, and in turn with the other tenants.
    priority: { priorityKey: 4, fairnessKey: tenantId },
    summary: said.sendChunk,
  });

  // An order given here is given to the whole campaign.
  const state = new WorkflowState({
    ordersOn: { tenantId, workflow: 'campaign', id: campaignId },
    onOrder: () => getExternalWorkflowHandle(`campaign/${campaignId}`).signal(replan).catch(unlessCancelled),
    onCalledBack: () => patched(COMES_BACK),
  });
  return conduct(state, {
    plan: () => planShard({ tenantId, batchId }),
    send: () => sendChunk({ tenantId, batchId }),
    again: () => again<typeof campaignShard>(shard),
  });
}
