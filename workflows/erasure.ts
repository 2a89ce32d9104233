import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { again, conduct } from './conduct.ts';
import { WorkflowState } from './workflow-state.ts';
import { queues, retry, timeOuts } from './settings.ts';

const { eraseTraces } = proxyActivities<Activities>({
  taskQueue: queues.housekeeping,
  startToCloseTimeout: timeOuts.chunkMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
});

/** One person who asked to be erased. */
interface Erasure {
  readonly tenantId: string;
  readonly erasureId: string;
}

/** Removes the remaining data of an erased person, waits for messages that an operator still holds, and certifies it. */
export async function erasure({ tenantId, erasureId }: Erasure): Promise<string> {
  const erasing = { tenantId, erasureId };
  const erase = () => eraseTraces(erasing);
  return conduct(new WorkflowState(), {
    plan: erase,
    send: erase,
    again: () => again<typeof erasure>(erasing),
  });
}
