import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  patched,
  proxyActivities,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Plan } from '../src/messages/plan.ts';
import { again } from './again.ts';
import { conduct } from './conduct.ts';
import { Desk } from './desk.ts';
import { unlessCancelled } from './cancellation.ts';
import { replan } from './messages.ts';
import { queues } from './queues.ts';
import { planning, retry, timeOuts } from './time-outs.ts';
import { words } from './words.ts';

/** It ends for now when its campaign calls it back. What a version before began is sent as it began, and is not stopped. */
const COMES_BACK = 'comes-back';
const comesBack = (): boolean => patched(COMES_BACK);

/** A share of a campaign: one locality, some 25,000 to 50,000 people. */
export interface Shard {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly batchId: string;
  readonly shard: number;
}

/** Sends one share of a campaign chunk by chunk, window after window, until nobody in it is left. */
export async function campaignShard(shard: Shard): Promise<string> {
  const { tenantId, campaignId, batchId } = shard;
  const said = words();
  const { planShard } = proxyActivities<Activities>({ ...planning, summary: said.planShard });
  const sending = {
    taskQueue: queues.bulk,
    startToCloseTimeout: timeOuts.chunkMs,
    heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
    retry,
    // Behind reminders, and in turn with the other tenants.
    priority: { priorityKey: 4, fairnessKey: tenantId },
    summary: said.sendChunk,
  } as const;
  const { sendChunk } = proxyActivities<Activities>(sending);
  const stoppable = proxyActivities<Activities>({
    ...sending,
    // A chunk that is stopped writes its answers first; the next run begins another only then.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const chunk = new CancellationScope();

  // An order given here is given to the whole campaign.
  const desk = new Desk({
    ordersOn: { tenantId, workflow: 'campaign', id: campaignId },
    onOrder: () => getExternalWorkflowHandle(`campaign/${campaignId}`).signal(replan).catch(unlessCancelled),
    onCalledBack: () => {
      if (!comesBack()) return false;
      chunk.cancel();
      return true;
    },
  });

  const untilStopped = async (): Promise<Plan> => {
    try {
      return await chunk.run(() => stoppable.sendChunk({ tenantId, batchId }));
    } catch (failure) {
      if (!desk.leaving() || !(failure instanceof ActivityFailure)) throw failure;
      // Called back before it began, or between two attempts: its rows tell how far it came.
      return planShard({ tenantId, batchId });
    }
  };
  return conduct(desk, {
    plan: () => planShard({ tenantId, batchId }),
    send: () => (comesBack() ? untilStopped() : sendChunk({ tenantId, batchId })),
    again: () => again<typeof campaignShard>(shard),
  });
}
