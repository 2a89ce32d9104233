import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { BatchIds } from '../../activities/index.ts';
import type { Plan } from '../../src/platform/plan.ts';
import { changed, progress, replan } from '../../workflows/messages.ts';
import { NIGHT } from '../support/cases.ts';
import { grownLong, longChunks, type First } from './grown-long.ts';
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

const wentOn = (client: Client, { firstExecutionRunId }: First): Promise<void> =>
  soon(async () => (await client.workflow.getHandle(id).describe()).runId !== firstExecutionRunId);

const aCampaign = () => ({ planCampaign: script(sends), closeCampaign: async () => sends });

describe('a campaign whose history grew long', () => {
  it('starts a locality’s next shards while others sleep', async () => {
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
        await wentOn(client, first);
        const current = client.workflow.getHandle(id);
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

  it('never sends a share twice or loses one', NIGHT, async () => {
    const { end, chunks, sendChunk } = longChunks();
    const fakes = { ...aCampaign(), sendChunk };
    await onStage(
      {
        ...fakes,
        freezeAudience: async () => ({ shards: openOf(2) }),
        planShard: async ({ batchId }: BatchIds) =>
          batchId === 'RE-0' && chunks.begun < 2 ? sends : waits(12),
      },
      async ({ start, client }) => {
        try {
          const first = await start('campaign', id, campaign);
          const current = client.workflow.getHandle(id);
          await soon(() => chunks.begun === 1);
          await grownLong(client, first, () => fakes.planCampaign.asked.length);
          // Those that sleep end at once; whose chunk is under way is waited for.
          await soon(async () => (await current.query(progress)).shards?.inFlight === 1);
          expect(chunks.begun).toBe(1);
          end.resolve(sends);
          await wentOn(client, first);
          await soon(() => chunks.begun === 2);
          await soon(async () => (await current.query(progress)).shards?.inFlight === 4);
          expect(chunks.most).toBe(1);
        } finally {
          end.resolve(sends);
        }
      },
    );
  });

  it('calls back only those still under way', NIGHT, async () => {
    const { end, chunks, sendChunk } = longChunks();
    const fakes = { ...aCampaign(), sendChunk };
    await onStage(
      {
        ...fakes,
        freezeAudience: async () => ({ shards: openOf(1).slice(0, 1) }),
        planShard: script(sends),
      },
      async ({ start, client }) => {
        try {
          const first = await start('campaign', id, campaign);
          const shard = client.workflow.getHandle(`${id}/shard/0`);
          const heard = async () =>
            ((await shard.fetchHistory()).events ?? []).flatMap(
              (event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? [],
            );
          const isCalledBack = async (times: number) =>
            (await heard()).filter((name) => name === 'calledBack').length >= times;
          await soon(() => chunks.begun === 1);
          await grownLong(client, first, () => fakes.planCampaign.asked.length);
          await soon(() => isCalledBack(1));
          const said = (await heard()).indexOf('calledBack');
          await soon(() => isCalledBack(2));
          await first.signal(changed);
          await soon(() => isCalledBack(3));
          expect(new Set((await heard()).slice(said))).toEqual(new Set(['calledBack']));
          end.resolve(sends);
          await wentOn(client, first);
          await soon(() => chunks.begun === 2);
        } finally {
          end.resolve(sends);
        }
      },
    );
  });

  it('calls back a shard that was just starting', NIGHT, async () => {
    const { end, chunks, sendChunk } = longChunks();
    const fakes = { ...aCampaign(), sendChunk };
    const planned: string[] = [];
    await onStage(
      {
        ...fakes,
        freezeAudience: async () => ({ shards: openOf(1) }),
        planShard: async ({ batchId }: BatchIds) => {
          planned.push(batchId);
          return batchId === 'FR-0' && chunks.begun === 0 ? sends : waits(12);
        },
      },
      async ({ start, client }) => {
        try {
          // One that another run left makes room only once its answers are in.
          await start('campaignShard', `${id}/shard/0`, { ...campaign, batchId: 'FR-0', shard: 0 });
          await soon(() => chunks.begun === 1);
          const first = await start('campaign', id, campaign);
          await soon(() => planned.includes('RE-0'));
          await grownLong(client, first, () => fakes.planCampaign.asked.length);
          const other = client.workflow.getHandle(`${id}/shard/1`);
          await soon(async () => (await other.describe()).status.name === 'COMPLETED');
          end.resolve(sends);
          await wentOn(client, first);
          // Between its start and that word nothing was waited for.
          const run = client.workflow.getHandle(id, first.firstExecutionRunId);
          const events = (await run.fetchHistory()).events ?? [];
          const begun = events.findLastIndex((event) => event.childWorkflowExecutionStartedEventAttributes);
          const told = events.findLastIndex(
            (event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes,
          );
          expect(told).toBeGreaterThan(begun);
          const between = events.slice(begun, told);
          expect(between.filter((event) => event.timerFiredEventAttributes)).toEqual([]);
        } finally {
          end.resolve(sends);
        }
      },
    );
  });
});
