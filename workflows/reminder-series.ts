import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { again } from './again.ts';
import { conduct } from './conduct.ts';
import { Desk } from './desk.ts';
import { queues } from './queues.ts';
import { retry, timeOuts } from './time-outs.ts';

const { planSeries, endSeries } = proxyActivities<Activities>({
  startToCloseTimeout: timeOuts.planningMs,
  retry,
});

const { sendStep } = proxyActivities<Activities>({
  taskQueue: queues.transactional,
  startToCloseTimeout: timeOuts.chunkMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
  priority: { priorityKey: 2 },
});

/** All that one person is owed about one event. */
interface Series {
  readonly tenantId: string;
  readonly seriesId: string;
}

/** Sends each reminder at its lawful moment, follows every change, and ends on the last one or a STOP. */
export async function reminderSeries({ tenantId, seriesId }: Series): Promise<string> {
  const series = { tenantId, seriesId };
  const desk = new Desk({
    facts: ['stopReceived', 'changed'],
    ordersOn: { tenantId, workflow: 'reminderSeries', id: seriesId },
  });
  return conduct(desk, {
    plan: () => planSeries(series),
    send: () => sendStep(series),
    end: () => endSeries(series),
    again: () => again<typeof reminderSeries>(series),
  });
}
