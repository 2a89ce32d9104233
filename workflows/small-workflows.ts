import {
  proxyActivities,
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { again, conduct } from './conduct.ts';
import { keepSeal } from './messages.ts';
import { queues, retry, timeOuts } from './settings.ts';
import { words } from './words.ts';
import { WorkflowState } from './workflow-state.ts';

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

const { readImport } = proxyActivities<Activities>({
  taskQueue: queues.housekeeping,
  startToCloseTimeout: timeOuts.fileMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
});

/** One uploaded file. */
interface Upload {
  readonly tenantId: string;
  readonly importId: string;
}

/** Reads an uploaded file slice by slice, until each of its rows is accepted or rejected with a reason. */
export async function importContacts({ tenantId, importId }: Upload): Promise<string> {
  const upload = { tenantId, importId };
  const read = () => readImport(upload);
  return conduct(new WorkflowState(), {
    plan: read,
    send: read,
    again: () => again<typeof importContacts>(upload),
  });
}

const { cleanTenant, cleanTenants, cleanInstance } = proxyActivities<Activities>({
  taskQueue: queues.housekeeping,
  startToCloseTimeout: timeOuts.chunkMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
});

/** The tenant to clean; every tenant when absent. */
interface HousekeepingRequest {
  readonly tenantId?: string;
  readonly actor?: string;
}

/** Removes what is past its retention, for one tenant or for all, a few tenants at a time. */
export async function housekeeping({ tenantId, actor = 'system' }: HousekeepingRequest): Promise<string> {
  if (tenantId !== undefined) {
    await cleanTenant({ tenantId, actor });
    return 'CLEANED';
  }
  await cleanInstance();
  let next = await cleanTenants({});
  while (next.after !== undefined) next = await cleanTenants({ after: next.after });
  return 'CLEANED';
}

/** Keeps the seal's second copy in its memo, where no restore of the database reaches; never ends. */
export async function seal(): Promise<never> {
  setHandler(
    keepSeal,
    (copy) => {
      upsertMemo({ seal: copy });
      setCurrentDetails(words().sealKept);
    },
    { description: words().descriptions.keepSeal },
  );
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  return again<typeof seal>();
}
