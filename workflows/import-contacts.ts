import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { again, conduct } from './conduct.ts';
import { WorkflowState } from './workflow-state.ts';
import { queues, retry, timeOuts } from './settings.ts';

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
