import { patched } from '@temporalio/workflow';
import { again, conduct } from './conduct.ts';
import { WorkflowState } from './workflow-state.ts';
import { queues, planning, retry, timeOuts } from './settings.ts';
import { tenantActivities } from './tenant-activities.ts';

const sending = {
  taskQueue: queues.transactional,
  startToCloseTimeout: timeOuts.chunkMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
  priorityKey: 2,
} as const;

/** Patch: one activity a reminder: the step plans, sends, and closes the row that owes nothing more. */
const SENT_WHEN_WOKEN = 'sent-when-woken';

/** The reminders of one person about one event. */
interface Series {
  readonly tenantId: string;
  readonly seriesId: string;
}

/** Sends each reminder at its lawful moment, follows every change, and ends on the last one or a STOP. */
export async function reminderSeries({ tenantId, seriesId }: Series): Promise<string> {
  const series = { tenantId, seriesId };
  const state = new WorkflowState({
    facts: ['stopReceived', 'changed'],
    ordersOn: { tenantId, workflow: 'reminderSeries', id: seriesId },
  });
  const { planSeries, endSeries } = tenantActivities(tenantId, planning);
  const { sendStep } = tenantActivities(tenantId, sending);
  const send = () => sendStep(series);
  return conduct(state, {
    plan: () => planSeries(series),
    send,
    ...(patched(SENT_WHEN_WOKEN) ? { woken: send } : { end: () => endSeries(series) }),
    again: () => again<typeof reminderSeries>(series),
  });
}
