import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { expect } from 'vitest';
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

/** Told to look again until its history is long, from when on it may look no more. */
export async function grownLong(client: Client, first: First, looks: () => number): Promise<void> {
  for (let times = 0; times < 100 && !(await isLong(client, first)); times += 1) {
    const before = looks();
    await first.signal(replan);
    await soon(async () => looks() > before || (await isLong(client, first)));
  }
  expect(await isLong(client, first)).toBe(true);
}

/** How many tasks of a workflow were completed in its current run. */
export async function completedTasks(client: Client, workflowId: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes).length;
}
