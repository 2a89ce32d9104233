import { once } from 'node:events';
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { beating } from '../../activities/attempt.ts';
import type { BatchIds } from '../../activities/sending.ts';
import type { Plan } from '../../src/messages/plan.ts';
import { progress, replan } from '../../workflows/messages.ts';
import { done, onStage, script, sends, soon, waits } from './stage.ts';

const campaign = { tenantId: 't-1', campaignId: 'c-1' };
const id = 'campaign/c-1';

/** So many shards in Paris, then as many in La Réunion, without those that are done. */
const openOf = (each: number, over: ReadonlySet<string> = new Set()) =>
  ['FR', 'RE'].flatMap((territory, place) =>
    Array.from({ length: each }, (_, index) => ({
      batchId: `${territory}-${index}`,
      shard: place * each + index,
      territory,
    })).filter(({ batchId }) => !over.has(batchId)),
  );

type First = Pick<WorkflowHandleWithFirstExecutionRunId, 'signal' | 'firstExecutionRunId'>;

/** Whether the server suggested a new run to a task of this one. */
async function isLong(client: Client, { firstExecutionRunId }: First): Promise<boolean> {
  const { events } = await client.workflow.getHandle(id, firstExecutionRunId).fetchHistory();
  return events?.some((event) => event.workflowTaskStartedEventAttributes?.suggestContinueAsNew) === true;
}

/** Told to look again until its history is long. */
async function grownLong(client: Client, first: First, looks: () => number): Promise<void> {
  for (let times = 0; times < 100 && !(await isLong(client, first)); times += 1) {
    const before = looks();
    await first.signal(replan);
    await soon(() => looks() > before);
  }
  expect(await isLong(client, first)).toBe(true);
}

/** A chunk that lasts until it is stopped, and how many of it there were, and at once. */
function oneLongChunk() {
  const never = new AbortController().signal;
  const sending = { times: 0, now: 0, most: 0 };
  const sendChunk = async (): Promise<Plan> => {
    sending.times += 1;
    sending.now += 1;
    sending.most = Math.max(sending.most, sending.now);
    return beating({ stopping: never, leaves: () => never }, async ({ signal }) => {
      await once(signal, 'abort');
      sending.now -= 1;
      return sends;
    });
  };
  return { planCampaign: script(sends), sendChunk, sending };
}

describe('a campaign whose history grew long', () => {
  it('starts the next shards of a locality while those of another sleep', async () => {
    const over = new Set<string>();
    const planned = new Set<string>();
    const planCampaign = script(sends);
    let isNight = true;
    await onStage(
      {
        planCampaign,
        freezeAudience: async () => ({ shards: openOf(10, over) }),
        planShard: async ({ batchId }: BatchIds): Promise<Plan> => {
          planned.add(batchId);
          if (isNight || batchId.startsWith('FR')) return waits(12);
          over.add(batchId);
          return done('FINISHED');
        },
        closeCampaign: async () => sends,
      },
      async ({ start, client }) => {
        const first = await start('campaign', id, campaign);
        await soon(() => planned.size === 16);
        await grownLong(client, first, () => planCampaign.asked.length);
        const current = client.workflow.getHandle(id);
        await soon(async () => (await current.describe()).runId !== first.firstExecutionRunId);
        // In La Réunion the day begins.
        isNight = false;
        await current.signal(replan);
        await soon(() => planned.has('RE-8') && planned.has('RE-9'));
        await soon(() => over.size === 10);
        // Paris sleeps as before.
        await soon(async () => (await current.query(progress)).shards?.open === 10);
        expect(await current.query(progress)).toMatchObject({ shards: { open: 10, inFlight: 8 } });
      },
    );
  });

  it('sends nobody’s share twice at once, and loses none', async () => {
    const { planCampaign, sendChunk, sending } = oneLongChunk();
    await onStage(
      {
        planCampaign,
        freezeAudience: async () => ({ shards: openOf(2) }),
        planShard: async ({ batchId }: BatchIds) => (batchId === 'RE-0' ? sends : waits(12)),
        sendChunk,
        closeCampaign: async () => sends,
      },
      async ({ start, client }) => {
        const first = await start('campaign', id, campaign);
        await soon(() => sending.times === 1);
        await grownLong(client, first, () => planCampaign.asked.length);
        await soon(() => sending.times === 2);
        expect(sending.most).toBe(1);
        const current = client.workflow.getHandle(id);
        await soon(async () => (await current.query(progress)).shards?.inFlight === 4);
        expect((await current.describe()).runId).not.toBe(first.firstExecutionRunId);
      },
    );
  });
});
