import { again, conduct } from './conduct.ts';
import { WorkflowState } from './workflow-state.ts';
import { queues, retry, timeOuts } from './settings.ts';
import { tenantActivities } from './tenant-activities.ts';

const reading = {
  taskQueue: queues.housekeeping,
  startToCloseTimeout: timeOuts.fileMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
} as const;

/** One uploaded file. */
interface Upload {
  readonly tenantId: string;
  readonly importId: string;
}

/** Reads an uploaded file slice by slice, until each of its rows is accepted or rejected with a reason. */
export async function importContacts({ tenantId, importId }: Upload): Promise<string> {
  const upload = { tenantId, importId };
  const { readImport } = tenantActivities(tenantId, reading);
  const read = () => readImport(upload);
  return conduct(new WorkflowState(), {
    plan: read,
    send: read,
    again: () => again<typeof importContacts>(upload),
  });
}
