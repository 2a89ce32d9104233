import { readFile } from 'node:fs/promises';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { describe, expect, inject, it } from 'vitest';
import type { Activities, BatchIds } from '../../activities/index.ts';
import type { Plan } from '../../src/platform/plan.ts';
import { calledBack, replan } from '../../workflows/messages.ts';
import { queues, timeOuts } from '../../workflows/settings.ts';
import { NIGHT } from '../support/cases.ts';
import { completedTasks, grownLong } from './grown-long.ts';
import { done, inEnvironment, script, sends, soon, waits, whileRunning } from './stage.ts';

/** The changes that make the code as it was before shards were called back. */
const BEFORE = [
  [/\(0,\w+\.patched\)\((?:CALLS|COMES)_BACK\)/g, 'false'],
  [/if \(onCalledBack !== undefined\)/, 'if (false)'],
] as const;

async function codeBefore(): Promise<string> {
  let code = await readFile(inject('bundlePath'), 'utf8');
  for (const [from, to] of BEFORE) {
    expect(code).toMatch(from);
    code = code.replace(from, to);
  }
  return code;
}

/** Runs `before` under the version before, then `after` under this one. */
async function upgraded(
  activities: Partial<Activities>,
  { before, after }: Record<'before' | 'after', (client: Client) => Promise<void>>,
): Promise<void> {
  await inEnvironment({ identity: 'test' }, async ({ client, worker }) => {
    const workers = (bundle: object) =>
      Promise.all(
        Object.values(queues).map((taskQueue) =>
          worker({
            taskQueue,
            activities,
            // A worker that is gone is not waited for.
            stickyQueueScheduleToStartTimeout: timeOuts.stickyMs,
            ...(taskQueue === queues.orchestration ? bundle : {}),
          }),
        ),
      );
    await whileRunning(await workers({ workflowBundle: { code: await codeBefore() } }), () => before(client));
    await whileRunning(await workers({}), () => after(client));
  });
}

const start = (client: Client, workflow: string, workflowId: string, input: object) =>
  client.workflow.start(workflow, { workflowId, taskQueue: queues.orchestration, args: [input] });

/** Whether nothing of it is under way, and all that it passed on has come. */
async function hasTold(handle: WorkflowHandle): Promise<boolean> {
  const { raw } = await handle.describe();
  const events = (await handle.fetchHistory()).events ?? [];
  const passedOn = events.filter((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes);
  const came = events.filter((event) => event.externalWorkflowExecutionSignaledEventAttributes);
  const isQuiet = !raw.pendingWorkflowTask && (raw.pendingActivities ?? []).length === 0;
  return isQuiet && passedOn.length === came.length;
}

const campaign = { tenantId: 't-1', campaignId: 'c-1' };
const id = 'campaign/c-1';
const shards = ['FR', 'RE'].map((territory, shard) => ({ batchId: territory, shard, territory }));

describe('a campaign that had grown long before the upgrade', () => {
  /** Two localities sleep; La Réunion ends once it is told to look at the day. */
  function twoThatSleep() {
    const planCampaign = script(sends);
    const row = { isNight: true };
    const planned = new Set<string>();
    const planShard = async ({ batchId }: BatchIds): Promise<Plan> => {
      planned.add(batchId);
      return row.isNight || batchId === 'FR' ? waits(12) : done('FINISHED');
    };
    const freezeAudience = async () => ({ shards });
    return { planCampaign, row, planned, planShard, freezeAudience, closeCampaign: async () => sends };
  }

  /** One that looked by itself, told by the version before, has ended already. */
  const unlessEnded = (failure: unknown): void => expect(failure).toBeInstanceOf(WorkflowNotFoundError);

  it.each([
    { what: 'it is told something, and all sleep on', told: id, isNight: true },
    { what: 'a shard ends', told: `${id}/shard/1`, isNight: false },
  ])('calls its shards back when $what', NIGHT, async ({ told, isNight }) => {
    const { row, planned, ...fakes } = twoThatSleep();
    let first = '';
    await upgraded(fakes, {
      before: async (client) => {
        const handle = await start(client, 'campaign', id, campaign);
        first = handle.firstExecutionRunId;
        await soon(() => planned.size === shards.length);
        await grownLong(client, handle, () => fakes.planCampaign.asked.length);
        await soon(() => hasTold(handle));
      },
      after: async (client) => {
        row.isNight = isNight;
        await client.workflow.getHandle(told).signal(replan).catch(unlessEnded);
        const current = client.workflow.getHandle(id);
        await soon(async () => (await current.describe()).runId !== first);
        expect((await current.describe()).status.name).toBe('RUNNING');
      },
    });
  });
});

describe('a shard that was called back by a worker of the version before', () => {
  it('ignores it, and ends when called back again', NIGHT, async () => {
    const planShard = script(waits(12));
    const shard = `${id}/shard/0`;
    await upgraded(
      { planShard },
      {
        before: async (client) => {
          const handle = await start(client, 'campaignShard', shard, {
            ...campaign,
            batchId: 'FR',
            shard: 0,
          });
          await soon(async () => (await completedTasks(client, shard)) === 2);
          await handle.signal(calledBack);
          await soon(async () => (await completedTasks(client, shard)) === 3);
        },
        after: async (client) => {
          const handle = client.workflow.getHandle(shard);
          await handle.signal(replan);
          await soon(() => planShard.asked.length === 2);
          expect((await handle.describe()).status.name).toBe('RUNNING');
          await handle.signal(calledBack);
          expect(await handle.result()).toBe('CALLED_BACK');
        },
      },
    );
  });
});
