import { again, conduct } from './conduct.ts';
import { WorkflowState } from './workflow-state.ts';
import { queues, retry, timeOuts } from './settings.ts';
import { tenantActivities } from './tenant-activities.ts';

const erasingTraces = {
  taskQueue: queues.housekeeping,
  startToCloseTimeout: timeOuts.chunkMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
  // Before files and cleaning: a person waits for it.
  priorityKey: 2,
} as const;

/** One person who asked to be erased. */
interface Erasure {
  readonly tenantId: string;
  readonly erasureId: string;
}

/** Removes the remaining data of an erased person, waits for messages that an operator still holds, and certifies it. */
export async function erasure({ tenantId, erasureId }: Erasure): Promise<string> {
  const erasing = { tenantId, erasureId };
  const { eraseTraces } = tenantActivities(tenantId, erasingTraces);
  const erase = () => eraseTraces(erasing);
  return conduct(new WorkflowState(), {
    plan: erase,
    send: erase,
    again: () => again<typeof erasure>(erasing),
  });
}
