import { ScheduleAlreadyRunning, type Client } from '@temporalio/client';
import { queues } from '../../workflows/queues.ts';
import { summariesIn } from '../words/index.ts';

/** Times are over by the day; a round finds little, and its fellow is never far. */
const EVERY = '6 hours';

/** Sees to it that Temporal starts housekeeping by itself; one that is there, changed by an operator or not, stays. */
export async function ensureHousekeeping(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: 'housekeeping',
      spec: { intervals: [{ every: EVERY }] },
      policies: { overlap: 'SKIP', catchupWindow: '1 hour' },
      action: {
        type: 'startWorkflow',
        workflowType: 'housekeeping',
        workflowId: 'housekeeping',
        taskQueue: queues.orchestration,
        args: [{}],
        staticSummary: summariesIn().housekeeping,
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
