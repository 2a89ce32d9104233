import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/messages/plan.ts';
import { cancel, changed, next, stopReceived } from '../../workflows/messages.ts';
import { done, onStage, script, sends, soon, waits } from './stage.ts';

const series = { tenantId: 't-1', seriesId: 's-1' };
const id = 'series/s-1';
const run = { workflowId: id, taskQueue: 'orchestration', args: [series] };

describe('a reminder series', () => {
  it('sleeps a week, sends, sleeps a day, sends, and ends completed', async () => {
    const planSeries = script(waits(7 * 24), sends);
    const sendStep = script(waits(24), done('COMPLETED'));
    const endSeries = script(done('COMPLETED'));
    await onStage({ planSeries, sendStep, endSeries }, async ({ skipping }) => {
      expect(await skipping.workflow.execute('reminderSeries', run)).toBe('COMPLETED');
    });
    expect(sendStep.asked).toHaveLength(2);
    expect(endSeries.asked).toEqual([series]);
  });

  it('ends at a STOP received while it sleeps, and sends nothing', async () => {
    const row = { stopped: false };
    const planSeries = async (): Promise<Plan> => (row.stopped ? done('STOPPED') : waits(7 * 24));
    const sendStep = script(done('COMPLETED'));
    const endSeries = script(done('STOPPED'));
    await onStage({ planSeries, sendStep, endSeries }, async ({ start, travel }) => {
      const handle = await start('reminderSeries', id, series);
      await travel(id, 6 * 24);
      row.stopped = true;
      await handle.signal(stopReceived);
      expect(await handle.result()).toBe('STOPPED');
    });
    expect(sendStep.asked).toEqual([]);
  });

  it('sends nothing after a STOP whose signal was lost', async () => {
    const row = { stopped: false };
    const planSeries = async (): Promise<Plan> => (row.stopped ? done('STOPPED') : waits(7 * 24));
    const sendStep = script(done('COMPLETED'));
    await onStage({ planSeries, sendStep, endSeries: script(done('STOPPED')) }, async ({ start, travel }) => {
      const handle = await start('reminderSeries', id, series);
      await travel(id, 6 * 24);
      row.stopped = true;
      await travel(id, 2 * 24);
      expect(await handle.result()).toBe('STOPPED');
    });
    expect(sendStep.asked).toEqual([]);
  });

  it('follows an appointment that was moved while it slept', async () => {
    const planSeries = script(waits(24), waits(48, { nextActionAt: '2026-12-02T09:00:00.000Z' }));
    await onStage({ planSeries }, async ({ start }) => {
      const handle = await start('reminderSeries', id, series);
      await soon(() => planSeries.asked.length === 1);
      await handle.signal(changed);
      await soon(() => planSeries.asked.length === 2);
      await soon(async () => (await handle.query(next)).nextActionAt === '2026-12-02T09:00:00.000Z');
      expect(planSeries.asked).toEqual([series, series]);
    });
  });

  it('plans again when it was moved while it ended', async () => {
    const planSeries = script(done('COMPLETED'), waits(24), done('COMPLETED'));
    const held = Promise.withResolvers<void>();
    const endings: object[] = [];
    const endSeries = async (input: object): Promise<Plan> => {
      endings.push(input);
      if (endings.length === 1) await held.promise;
      return done('COMPLETED');
    };
    await onStage({ planSeries, endSeries }, async ({ start }) => {
      const handle = await start('reminderSeries', id, series);
      await soon(() => endings.length === 1);
      await handle.signal(changed);
      held.resolve();
      await soon(async () => (await handle.query(next)).state === 'waiting-window');
      await handle.signal(changed);
      expect(await handle.result()).toBe('COMPLETED');
    });
    expect(endings).toHaveLength(2);
  });

  it('goes on when its row changed under the ending', async () => {
    const planSeries = script(done('COMPLETED'));
    const endSeries = script(sends, done('COMPLETED'));
    const sendStep = script(done('COMPLETED'));
    await onStage({ planSeries, endSeries, sendStep }, async ({ skipping }) => {
      expect(await skipping.workflow.execute('reminderSeries', run)).toBe('COMPLETED');
    });
    expect(sendStep.asked).toHaveLength(1);
  });

  it('is cancelled from the page of its workflow, by the row', async () => {
    const row = { cancelled: false };
    const planSeries = async (): Promise<Plan> => (row.cancelled ? done('CANCELLED') : waits(24));
    const obeyOrder = async ({ order }: { order: string }) => {
      row.cancelled = order === 'cancel';
      return {};
    };
    await onStage({ planSeries, obeyOrder, endSeries: script(done('CANCELLED')) }, async ({ start }) => {
      const handle = await start('reminderSeries', id, series);
      await handle.signal(cancel);
      expect(await handle.result()).toBe('CANCELLED');
    });
  });

  it('starts again, under the same id, when a closed one is changed', async () => {
    const planSeries = script(done('CANCELLED'), waits(24));
    const endSeries = script(done('CANCELLED'));
    await onStage({ planSeries, endSeries }, async ({ client }) => {
      expect(await client.workflow.execute('reminderSeries', run)).toBe('CANCELLED');
      const again = await client.workflow.signalWithStart('reminderSeries', { ...run, signal: 'changed' });
      await soon(async () => (await again.query(next)).state === 'waiting-window');
    });
  });
});
