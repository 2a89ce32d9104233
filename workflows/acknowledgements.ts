import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { again, conduct } from './conduct.ts';
import { WorkflowState } from './workflow-state.ts';
import { queues, retry, timeOuts } from './settings.ts';

const { sendAcknowledgements } = proxyActivities<Activities>({
  taskQueue: queues.transactional,
  startToCloseTimeout: timeOuts.chunkMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
  priority: { priorityKey: 1 },
});

/** The tenant that owes answers to STOP, CONTACT and sign-up. */
interface Owing {
  readonly tenantId: string;
}

/** Answers each STOP, CONTACT and sign-up once, and ends when nothing is owed; the next one starts it again. */
export async function acknowledgements({ tenantId }: Owing): Promise<string> {
  const state = new WorkflowState({ facts: ['changed'] });
  const answer = () => sendAcknowledgements({ tenantId });
  return conduct(state, {
    plan: answer,
    send: answer,
    again: () => again<typeof acknowledgements>({ tenantId }),
  });
}
