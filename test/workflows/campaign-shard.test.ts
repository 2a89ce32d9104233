import { describe, expect, it } from 'vitest';
import { calledBack, next, pause, progress, replan, resume } from '../../workflows/messages.ts';
import { completedTasks, grownLong, lasting, longChunks } from './grown-long.ts';
import { done, onStage, script, sends, soon, waits } from './stage.ts';
import { NIGHT } from '../support/cases.ts';

const shard = { tenantId: 't-1', campaignId: 'c-1', batchId: 'b-1', shard: 3 };
const id = 'campaign/c-1/shard/3';

/** Time limit of a test whose history grows long, on a busy machine. */
const LONG_MS = 120_000;

describe('a share of a campaign', () => {
  it('sleeps at night, sends by chunks, and ends', async () => {
    const planShard = script(waits(12), sends, sends);
    const sendChunk = script(sends, waits(12), done('FINISHED'));
    await onStage({ planShard, sendChunk }, async ({ skipping }) => {
      const ending = await skipping.workflow.execute('campaignShard', {
        workflowId: id,
        taskQueue: 'orchestration',
        args: [shard],
      });
      expect(ending).toBe('FINISHED');
    });
    expect(planShard.asked).toHaveLength(3);
    expect(sendChunk.asked).toEqual(Array.from({ length: 3 }, () => ({ tenantId: 't-1', batchId: 'b-1' })));
  });

  it('says why it waits, until when', async () => {
    const planShard = script(waits(12, { accounts: { audience: 40_000, pending: 12 }, territory: 'RE' }));
    await onStage({ planShard }, async ({ start, client }) => {
      const handle = await start('campaignShard', id, shard);
      await soon(() => planShard.asked.length === 1);
      await soon(async () => (await handle.query(next)).state === 'waiting-window');
      expect(await handle.query(next)).toEqual({
        state: 'waiting-window',
        nextActionAt: '2026-11-30T07:00:00.000Z',
        because: expect.objectContaining({ code: 'SUNDAY', ruleId: 'WIN-02' }),
      });
      expect(await handle.query(progress)).toMatchObject({ accounts: { audience: 40_000, pending: 12 } });
      const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
      expect(metadata.currentDetails).toContain('WIN-02');
      expect(metadata.currentDetails).toContain('| à venir | 12 |');
      expect(metadata.currentDetails).toContain('`pause`');
      const found = async (): Promise<boolean> => {
        for await (const one of client.workflow.list({
          query: `SendState = 'waiting-window' AND Territory = 'RE'`,
        }))
          if (one.workflowId === id) return true;
        return false;
      };
      await soon(found);
    });
  });

  it('looks again when signalled, however often', async () => {
    const planShard = script(waits(12), waits(11), done('FINISHED'));
    await onStage({ planShard }, async ({ start }) => {
      const handle = await start('campaignShard', id, shard);
      await soon(() => planShard.asked.length === 1);
      await handle.signal(replan);
      await soon(() => planShard.asked.length === 2);
      await Promise.all([handle.signal(replan), handle.signal(replan), handle.signal(replan)]);
      expect(await handle.result()).toBe('FINISHED');
    });
  });

  it('looks again by itself without a signal', async () => {
    const planShard = script(waits(12), done('FINISHED'));
    await onStage({ planShard }, async ({ start, travel }) => {
      const handle = await start('campaignShard', id, shard);
      await travel(id, 11);
      expect(planShard.asked).toHaveLength(1);
      await travel(id, 2);
      expect(await handle.result()).toBe('FINISHED');
    });
  });

  it('writes an operator’s orders in sequence', async () => {
    const orders: object[] = [];
    const planShard = script(waits(12), waits(12, { state: 'paused' }));
    const obeyOrder = async (order: object): Promise<{ refused?: string }> => {
      orders.push(order);
      return orders.length === 2 ? { refused: 'A campaign in this state cannot do that.' } : {};
    };
    await onStage({ planShard, obeyOrder }, async ({ start }) => {
      const handle = await start('campaignShard', id, shard);
      await soon(() => planShard.asked.length === 1);
      await handle.signal(pause);
      await handle.signal(resume);
      await soon(() => orders.length === 2 && planShard.asked.length > 1);
      const about = { tenantId: 't-1', workflow: 'campaign', id: 'c-1' };
      expect(orders).toEqual([
        { ...about, order: 'pause' },
        { ...about, order: 'resume' },
      ]);
      await soon(async () => (await handle.query(progress)).lastOrder?.refused !== undefined);
      expect(await handle.query(progress)).toMatchObject({
        state: 'paused',
        lastOrder: { order: 'resume', refused: 'A campaign in this state cannot do that.' },
      });
    });
  });

  it('goes on in a new run when long', { timeout: LONG_MS, ...NIGHT }, async () => {
    const planShard = script(waits(12));
    await onStage({ planShard }, async ({ start, client }) => {
      const first = await start('campaignShard', id, shard);
      await soon(async () => (await first.describe()).searchAttributes['SendState'] !== undefined);
      const current = client.workflow.getHandle(id);
      const renewed = async (): Promise<boolean> =>
        (await current.describe()).runId !== first.firstExecutionRunId;
      // More than 100 signals at once would fail a task.
      for (let bursts = 0; bursts < 200 && !(await renewed()); bursts += 1) {
        const before = planShard.asked.length;
        await Promise.all(Array.from({ length: 60 }, () => current.signal(replan)));
        await soon(() => planShard.asked.length > before);
      }
      expect(await renewed()).toBe(true);
      expect((await current.describe()).status.name).toBe('RUNNING');
      await soon(async () => (await current.query(progress)).state === 'waiting-window');
      expect(planShard.asked.at(-1)).toEqual({ tenantId: 't-1', batchId: 'b-1' });
      const now = await current.describe();
      expect(now.searchAttributes).toMatchObject({ TenantId: ['t-1'], SendState: ['waiting-window'] });
    });
  });
});

describe('a share of a campaign that goes on in a new run', () => {
  const CALLED_BACK = 'CALLED_BACK';
  it('ends when asleep, after writing its orders', async () => {
    const planShard = script(waits(12));
    const orders: object[] = [];
    const obeyOrder = async (order: object): Promise<object> => {
      orders.push(order);
      return {};
    };
    await onStage({ planShard, obeyOrder }, async ({ start }) => {
      const handle = await start('campaignShard', id, shard);
      await soon(() => planShard.asked.length === 1);
      await Promise.all([handle.signal(pause), handle.signal(calledBack), handle.signal(resume)]);
      expect(await handle.result()).toBe(CALLED_BACK);
    });
    expect(orders).toHaveLength(2);
  });

  it('ends after its chunk when it sends', async () => {
    const { end, chunks, sendChunk } = longChunks();
    await onStage({ planShard: script(sends), sendChunk }, async ({ start, client }) => {
      try {
        const handle = await start('campaignShard', id, shard);
        await soon(() => chunks.begun === 1);
        await handle.signal(calledBack);
        await soon(async () => (await completedTasks(client, id)) === 3);
        expect((await handle.describe()).status.name).toBe('RUNNING');
        end.resolve(sends);
        expect(await handle.result()).toBe(CALLED_BACK);
        expect(chunks).toMatchObject({ begun: 1, over: 1 });
      } finally {
        end.resolve(sends);
      }
    });
  });

  it('ends even when long and writing an order', NIGHT, async () => {
    const written = Promise.withResolvers<object>();
    const obeyOrder = () => lasting(written.promise);
    const planShard = script(waits(12));
    await onStage({ planShard, obeyOrder }, async ({ start, client }) => {
      try {
        const handle = await start('campaignShard', id, shard);
        await soon(() => planShard.asked.length === 1);
        await handle.signal(pause);
        await grownLong(client, handle, () => planShard.asked.length);
        await handle.signal(calledBack);
        const first = client.workflow.getHandle(id, handle.firstExecutionRunId, { followRuns: false });
        written.resolve({});
        expect(await first.result()).toBe(CALLED_BACK);
      } finally {
        written.resolve({});
      }
    });
  });

  it('has ended where nobody is left', async () => {
    const { end, chunks, sendChunk } = longChunks();
    const planShard = script(sends, done('FINISHED'));
    await onStage({ planShard, sendChunk }, async ({ start }) => {
      const handle = await start('campaignShard', id, shard);
      await soon(() => chunks.begun === 1);
      await handle.signal(calledBack);
      end.resolve(done('FINISHED'));
      expect(await handle.result()).toBe('FINISHED');
    });
  });
});
