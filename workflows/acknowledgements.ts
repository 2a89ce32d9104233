import { again, conduct } from './conduct.ts';
import { WorkflowState } from './workflow-state.ts';
import { queues, retry, timeOuts } from './settings.ts';
import { tenantActivities } from './tenant-activities.ts';

const answering = {
  taskQueue: queues.transactional,
  startToCloseTimeout: timeOuts.chunkMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
  priorityKey: 1,
} as const;

/** The tenant that owes answers to STOP, CONTACT and sign-up. */
interface Owing {
  readonly tenantId: string;
}

/** Answers each STOP, CONTACT and sign-up once, and ends when nothing is owed; the next one starts it again. */
export async function acknowledgements({ tenantId }: Owing): Promise<string> {
  const state = new WorkflowState({ facts: ['changed'] });
  const { sendAcknowledgements } = tenantActivities(tenantId, answering);
  const answer = () => sendAcknowledgements({ tenantId });
  return conduct(state, {
    plan: answer,
    send: answer,
    again: () => again<typeof acknowledgements>({ tenantId }),
  });
}
