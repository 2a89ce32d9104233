import { patched } from '@temporalio/workflow';
import type { Ids } from '../activities/index.ts';
import { again, conduct, WorkflowState } from './conduct.ts';
import { chunk, queues, planning } from './settings.ts';
import { tenantActivities } from './tenant-activities.ts';

const sending = { ...chunk, taskQueue: queues.transactional, priorityKey: 2 } as const;

/** Patch: one activity for each reminder, which plans, sends, and closes a row that owes nothing more. */
const SENT_WHEN_WOKEN = 'sent-when-woken';

/** Sends each reminder of one person about one event at its lawful moment, follows every change, and ends on the last one or a STOP. */
export async function reminderSeries({ tenantId, seriesId }: Ids<'seriesId'>): Promise<string> {
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
