import { describe, expect, it } from 'vitest';
import type { BatchIds } from '../../activities/index.ts';
import type { Plan } from '../../src/platform/plan.ts';
import { calledBack, changed, pause, progress } from '../../workflows/messages.ts';
import { NIGHT } from '../support/cases.ts';
import { done, onStage, script, sends, soon, waits } from './stage.ts';

const campaign = { tenantId: 't-1', campaignId: 'c-1' };
const id = 'campaign/c-1';
const run = { workflowId: id, taskQueue: 'orchestration', args: [campaign] };

/** So many shards in Paris, then as many in La Réunion. */
const shardsOf = (each: number) =>
  ['FR', 'RE'].flatMap((territory, place) =>
    Array.from({ length: each }, (_, index) => ({
      batchId: `${territory}-${index}`,
      shard: place * each + index,
      territory,
    })),
  );

describe('a campaign', () => {
  it('waits, freezes, sends every shard, and closes', async () => {
    const told: string[] = [];
    await onStage(
      {
        planCampaign: script(waits(48), sends),
        freezeAudience: async () => ({ shards: shardsOf(2) }),
        planShard: script(sends),
        sendChunk: async ({ batchId }: BatchIds) => {
          told.push(batchId);
          return done('FINISHED');
        },
        closeCampaign: script(done('FINISHED')),
      },
      async ({ skipping }) => {
        expect(await skipping.workflow.execute('campaign', run)).toBe('FINISHED');
      },
    );
    expect(told.toSorted()).toEqual(['FR-0', 'FR-1', 'RE-0', 'RE-1']);
  });

  it('runs at most eight shards of a locality', async () => {
    const asleep = new Set<string>();
    await onStage(
      {
        planCampaign: script(sends),
        freezeAudience: async () => ({ shards: shardsOf(10) }),
        // Paris sleeps; La Réunion is done at once.
        planShard: async ({ batchId }: BatchIds): Promise<Plan> => {
          asleep.add(batchId);
          return batchId.startsWith('RE') ? done('FINISHED') : waits(12);
        },
      },
      async ({ start }) => {
        const handle = await start('campaign', id, campaign);
        await soon(() => asleep.size === 18);
        await soon(async () => (await handle.query(progress)).shards?.open === 10);
        expect(await handle.query(progress)).toMatchObject({ shards: { open: 10, inFlight: 8 } });
        expect([...asleep].filter((batch) => batch.startsWith('FR'))).toHaveLength(8);
      },
    );
  });

  it('passes signals to sleeping shards, shows the pause', async () => {
    const row = { paused: false };
    const planned: string[] = [];
    await onStage(
      {
        planCampaign: async () => (row.paused ? waits(24, { state: 'paused' }) : sends),
        freezeAudience: async () => ({ shards: shardsOf(1) }),
        planShard: async ({ batchId }: BatchIds) => {
          planned.push(batchId);
          return waits(12, { state: row.paused ? 'paused' : 'waiting-window' });
        },
        obeyOrder: async ({ order }) => {
          row.paused = order === 'pause';
          return {};
        },
      },
      async ({ start, client }) => {
        const handle = await start('campaign', id, campaign);
        await soon(() => planned.length === 2);
        await handle.signal(pause);
        await soon(() => planned.length === 4);
        const shard = client.workflow.getHandle('campaign/c-1/shard/0');
        await soon(async () => (await shard.query(progress)).state === 'paused');
        expect(await handle.query(progress)).toMatchObject({
          state: 'paused',
          lastOrder: { order: 'pause' },
        });
        row.paused = false;
        await handle.signal(changed);
        await soon(async () => (await shard.query(progress)).state === 'waiting-window');
      },
    );
  });

  it('runs a shard again that somebody terminated', NIGHT, async () => {
    const planned: string[] = [];
    const shards = { shards: shardsOf(1).slice(0, 1) };
    await onStage(
      {
        planCampaign: script(sends),
        freezeAudience: async () => shards,
        planShard: async ({ batchId }: BatchIds): Promise<Plan> => {
          planned.push(batchId);
          return planned.length === 1 ? waits(12) : done('FINISHED');
        },
        closeCampaign: async () => (planned.length === 1 ? sends : done('FINISHED')),
      },
      async ({ start, client }) => {
        const handle = await start('campaign', id, campaign);
        await soon(() => planned.length === 1);
        await client.workflow.getHandle('campaign/c-1/shard/0').terminate('by hand');
        expect(await handle.result()).toBe('FINISHED');
      },
    );
  });

  it('restarts a shard that was called back', async () => {
    const planned: string[] = [];
    await onStage(
      {
        planCampaign: script(sends),
        freezeAudience: async () => ({ shards: shardsOf(1) }),
        planShard: async ({ batchId }: BatchIds) => {
          planned.push(batchId);
          return waits(12);
        },
      },
      async ({ start, client }) => {
        const handle = await start('campaign', id, campaign);
        await soon(() => planned.length === 2);
        const shard = client.workflow.getHandle('campaign/c-1/shard/0');
        const { runId } = await shard.describe();
        await shard.signal(calledBack);
        await soon(async () => (await shard.describe()).runId !== runId);
        await soon(async () => (await handle.query(progress)).shards?.inFlight === 2);
        expect(await handle.query(progress)).toMatchObject({ shards: { open: 2, inFlight: 2 } });
      },
    );
    expect(planned.filter((batch) => batch === 'RE-0')).toHaveLength(1);
  });

  it('passes on what came while a shard started', NIGHT, async () => {
    const planned: string[] = [];
    const planCampaign = script(sends);
    const shards = { shards: shardsOf(1).slice(0, 1) };
    await onStage(
      {
        planCampaign,
        freezeAudience: async () => shards,
        planShard: async ({ batchId }: BatchIds) => {
          planned.push(batchId);
          return waits(12);
        },
      },
      async ({ start }) => {
        // One that another run left has to make room first, which takes some seconds.
        const input = { ...campaign, batchId: 'FR-0', shard: 0 };
        const left = await start('campaignShard', 'campaign/c-1/shard/0', input);
        await soon(() => planned.length === 1);
        const handle = await start('campaign', id, campaign);
        await soon(async () => (await left.describe()).status.name === 'CANCELLED');
        await handle.signal(changed);
        await soon(() => planCampaign.asked.length === 2);
        // As it starts, and once more.
        await expect.poll(() => planned.length).toBe(3);
      },
    );
  });

  it('replaces shards of a terminated campaign', async () => {
    const planned: string[] = [];
    await onStage(
      {
        planCampaign: script(sends),
        freezeAudience: async () => ({ shards: shardsOf(1) }),
        planShard: async ({ batchId }: BatchIds) => {
          planned.push(batchId);
          return waits(12);
        },
      },
      async ({ start }) => {
        const first = await start('campaign', id, campaign);
        await soon(() => planned.length === 2);
        await first.terminate('by hand');
        const second = await start('campaign', id, campaign);
        await soon(() => planned.length === 4);
        await soon(async () => (await second.query(progress)).shards?.inFlight === 2);
        expect((await second.describe()).status.name).toBe('RUNNING');
      },
    );
  });
});
