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

/** Whether the server suggested a new run to a task of this one. */
async function isLong(client: Client, { workflowId, firstExecutionRunId }: First): Promise<boolean> {
  const { events } = await client.workflow.getHandle(workflowId, firstExecutionRunId).fetchHistory();
  return events?.some((event) => event.workflowTaskStartedEventAttributes?.suggestContinueAsNew) === true;
}

/** Each is an event, and all of them are one look; more than 100 that no task has seen would fail one. */
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

/** How many tasks of a workflow were completed in its current run. */
export async function completedTasks(client: Client, workflowId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length;
}

const never = new AbortController().signal;

/** Work of an activity that lasts until it is told how it ends, and says meanwhile that it lives. */
export const lasting = <T>(end: Promise<T>): Promise<T> =>
  beating({ stopping: never, leaves: () => never }, () => end);

/** Chunks that last until they are told how they end; how many began, how many are over, and the most at once. */
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
