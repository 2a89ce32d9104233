// Workflows that repeat one activity until its work is done: planning and sending are the same to it.

import type { Ids } from '../activities/index.ts';
import { again, conduct, WorkflowState } from './conduct.ts';
import { chunk, queues, timeOuts } from './settings.ts';
import { tenantActivities } from './tenant-activities.ts';

/** Answers each STOP, CONTACT and sign-up once, and ends when nothing is owed; the next one starts it again. */
export async function acknowledgements({ tenantId }: { readonly tenantId: string }): Promise<string> {
  const state = new WorkflowState({ facts: ['changed'] });
  const { sendAcknowledgements } = tenantActivities(tenantId, {
    ...chunk,
    taskQueue: queues.transactional,
    priorityKey: 1,
  });
  const answer = () => sendAcknowledgements({ tenantId });
  return conduct(state, {
    plan: answer,
    send: answer,
    again: () => again<typeof acknowledgements>({ tenantId }),
  });
}

/** Removes the remaining data of an erased person, waits for messages that an operator still holds, and certifies it. */
export async function erasure({ tenantId, erasureId }: Ids<'erasureId'>): Promise<string> {
  const erasing = { tenantId, erasureId };
  const { eraseTraces } = tenantActivities(tenantId, {
    ...chunk,
    taskQueue: queues.housekeeping,
    // Before files and cleaning: a person waits for it.
    priorityKey: 2,
  });
  const erase = () => eraseTraces(erasing);
  return conduct(new WorkflowState(), {
    plan: erase,
    send: erase,
    again: () => again<typeof erasure>(erasing),
  });
}

/** Reads an uploaded file slice by slice, until each of its rows is accepted or rejected with a reason. */
export async function importContacts({ tenantId, importId }: Ids<'importId'>): Promise<string> {
  const upload = { tenantId, importId };
  const { readImport } = tenantActivities(tenantId, {
    ...chunk,
    taskQueue: queues.housekeeping,
    startToCloseTimeout: timeOuts.fileMs,
  });
  const read = () => readImport(upload);
  return conduct(new WorkflowState(), {
    plan: read,
    send: read,
    again: () => again<typeof importContacts>(upload),
  });
}
