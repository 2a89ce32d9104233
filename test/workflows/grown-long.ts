import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { expect } from 'vitest';
import { beating } from '../../activities/attempt.ts';
import type { Plan } from '../../src/platform/plan.ts';
import { replan } from '../../workflows/messages.ts';
import { soon } from './stage.ts';

/** A workflow in its first run. */
export type First = Pick<
  WorkflowHandleWithFirstExecutionRunId,
  'signal' | 'workflowId' | 'firstExecutionRunId'
>;

/** Says whether the server suggested a new run. */
async function isLong(client: Client, { workflowId, firstExecutionRunId }: First): Promise<boolean> {
  const { events } = await client.workflow.getHandle(workflowId, firstExecutionRunId).fetchHistory();
  return events?.some((event) => event.workflowTaskStartedEventAttributes?.suggestContinueAsNew) === true;
}

/** Signals sent at once: each is an event, and more than 100 that no task has seen would fail one. */
const NOTIFIED_AT_ONCE = 40;

/**
 * Told to look again until its history is long, from when on it may look no more.
 *
 * A campaign must have begun its shards: what it is told while it makes its first plan, no second one follows.
 */
export async function grownLong(client: Client, first: First, looks: () => number): Promise<void> {
  for (let times = 0; times < 100 && !(await isLong(client, first)); times += 1) {
    const before = looks();
    await Promise.all(Array.from({ length: NOTIFIED_AT_ONCE }, () => first.signal(replan)));
    await soon(async () => looks() > before || (await isLong(client, first)));
  }
  expect(await isLong(client, first)).toBe(true);
}

/** Counts the completed tasks of a workflow's current run. */
export async function completedTasks(client: Client, workflowId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length;
}

const never = new AbortController().signal;

/** An activity that lasts until the test ends it, and sends heartbeats meanwhile. */
export const lasting = <T>(end: Promise<T>): Promise<T> =>
  beating({ stopping: never, leaves: () => never }, () => end);

/** Chunks that last until the test ends them; counts those begun, those over, and the most at once. */
export function longChunks() {
  const end = Promise.withResolvers<Plan>();
  const chunks = { begun: 0, over: 0, most: 0 };
  const sendChunk = async (): Promise<Plan> => {
    chunks.begun += 1;
    chunks.most = Math.max(chunks.most, chunks.begun - chunks.over);
    return lasting(end.promise).finally(() => (chunks.over += 1));
  };
  return { end, chunks, sendChunk };
}
