import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/platform/plan.ts';
import { cancel, changed, next, stopReceived } from '../../workflows/messages.ts';
import { keys } from '../../workflows/settings.ts';
import { done, onStage, script, soon, waits } from './stage.ts';

const series = { tenantId: 't-1', seriesId: 's-1' };
const id = 'series/s-1';
const run = { workflowId: id, taskQueue: 'orchestration', args: [series] };

describe('a reminder series', () => {
  it('sleeps, sends twice, and ends completed', async () => {
    const planSeries = script(waits(7 * 24));
    const sendStep = script(waits(24), done('COMPLETED'));
    await onStage({ planSeries, sendStep }, async ({ skipping }) => {
      expect(await skipping.workflow.execute('reminderSeries', run)).toBe('COMPLETED');
    });
    expect(planSeries.asked).toEqual([series]);
    expect(sendStep.asked).toEqual([series, series]);
  });

  it('ends at a STOP received while it sleeps', async () => {
    const row = { stopped: false };
    const sendStep = async (): Promise<Plan> => (row.stopped ? done('STOPPED') : waits(7 * 24));
    await onStage({ planSeries: script(waits(7 * 24)), sendStep }, async ({ start, travel }) => {
      const handle = await start('reminderSeries', id, series);
      await travel(id, 6 * 24);
      row.stopped = true;
      await handle.signal(stopReceived);
      expect(await handle.result()).toBe('STOPPED');
    });
  });

  it('ends at its next moment without the signal', async () => {
    const row = { stopped: false };
    const sendStep = async (): Promise<Plan> => (row.stopped ? done('STOPPED') : waits(7 * 24));
    await onStage({ planSeries: script(waits(7 * 24)), sendStep }, async ({ start, travel }) => {
      const handle = await start('reminderSeries', id, series);
      await travel(id, 6 * 24);
      row.stopped = true;
      await travel(id, 2 * 24);
      expect(await handle.result()).toBe('STOPPED');
    });
  });

  it('follows an appointment moved while it slept', async () => {
    const sendStep = script(waits(48, { nextActionAt: '2026-12-02T09:00:00.000Z' }));
    await onStage({ planSeries: script(waits(24)), sendStep }, async ({ start }) => {
      const handle = await start('reminderSeries', id, series);
      await soon(async () => (await handle.query(next)).state === 'waiting-window');
      await handle.signal(changed);
      await soon(async () => (await handle.query(next)).nextActionAt === '2026-12-02T09:00:00.000Z');
      expect(sendStep.asked).toEqual([series]);
    });
  });

  it('plans again when moved while it ended', async () => {
    const planSeries = script(waits(24), waits(24));
    const held = Promise.withResolvers<void>();
    const endings: object[] = [];
    const sendStep = async (input: object): Promise<Plan> => {
      endings.push(input);
      if (endings.length === 1) await held.promise;
      return done('COMPLETED');
    };
    await onStage({ planSeries, sendStep }, async ({ start }) => {
      const handle = await start('reminderSeries', id, series);
      await soon(async () => (await handle.query(next)).state === 'waiting-window');
      await handle.signal(changed);
      await soon(() => endings.length === 1);
      await handle.signal(changed);
      held.resolve();
      await soon(() => planSeries.asked.length === 2);
      await handle.signal(changed);
      expect(await handle.result()).toBe('COMPLETED');
    });
    expect(endings).toHaveLength(2);
  });

  it('shows on its page why each step ended', async () => {
    const steps = [
      { step: 'Rappel, 7 jours avant', state: 'parti', moment: 'lundi 23/11 à 10h00', because: '' },
      {
        step: 'Rappel, 1 jour avant',
        state: 'prévu',
        moment: 'samedi 28/11 à 10h00',
        because: 'Pas de SMS le dimanche.',
      },
    ];
    await onStage({ planSeries: script(waits(24, { steps })) }, async ({ start }) => {
      const handle = await start('reminderSeries', id, series);
      await soon(async () => (await handle.query(next)).state === 'waiting-window');
      const page = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
      expect(page.currentDetails).toContain('| Rappel, 7 jours avant | parti | lundi 23/11 à 10h00 |  |');
      expect(page.currentDetails).toContain(
        '| Rappel, 1 jour avant | prévu | samedi 28/11 à 10h00 | Pas de SMS le dimanche. |',
      );
    });
  });

  it.each([
    ['fr', 'Met en pause : plus aucun message ne part. Inscrit à l’audit au nom de « temporal ».'],
    ['en', 'Pauses: no message leaves any more. Recorded in the audit as "temporal".'],
  ])('explains each signal in its tenant’s language, %s', async (locale, words) => {
    await onStage({ planSeries: script(waits(24)) }, async ({ client }) => {
      const handle = await client.workflow.start('reminderSeries', { ...run, memo: { locale } });
      await soon(async () => (await handle.query(next)).state === 'waiting-window');
      const page = await handle.query<{
        definition: { signalDefinitions: { name: string; description: string }[] };
      }>('__temporal_workflow_metadata');
      const pause = page.definition.signalDefinitions.find(({ name }) => name === 'pause');
      expect(pause?.description).toBe(words);
    });
  });

  it('is cancelled from its workflow’s page', async () => {
    const row = { cancelled: false };
    const planSeries = async (): Promise<Plan> => (row.cancelled ? done('CANCELLED') : waits(24));
    const obeyOrder = async ({ order }: { order: string }) => {
      row.cancelled = order === 'cancel';
      return {};
    };
    const sendStep = planSeries;
    await onStage({ planSeries, sendStep, obeyOrder }, async ({ start }) => {
      const handle = await start('reminderSeries', id, series);
      await handle.signal(cancel);
      expect(await handle.result()).toBe('CANCELLED');
    });
  });

  it('goes on with ids only once long', async () => {
    const planSeries = script(waits(24));
    await onStage({ planSeries, sendStep: script(waits(24)) }, async ({ client, start }) => {
      const { firstExecutionRunId } = await start('reminderSeries', id, series);
      const handle = client.workflow.getHandle(id);
      // Nine of them are more than the four mebibytes from which the server suggests it.
      for (let turn = 0; turn < 9; turn += 1) await handle.signal('changed', 'x'.repeat(500_000));
      await soon(async () => (await handle.describe()).runId !== firstExecutionRunId);
      await soon(async () => (await handle.query(next)).state === 'waiting-window');
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.get(keys.tenantId)).toBe('t-1');
      const { events } = await handle.fetchHistory();
      const started = events?.[0]?.workflowExecutionStartedEventAttributes;
      expect(started?.continuedExecutionRunId).toBe(firstExecutionRunId);
      expect(started?.input?.payloads?.map(({ data }) => JSON.parse(String(data)))).toEqual([series]);
    });
    expect(planSeries.asked.slice(-1)).toEqual([series]);
  });

  it('starts again under its id when changed', async () => {
    const planSeries = script(done('CANCELLED'), waits(24));
    await onStage({ planSeries }, async ({ client }) => {
      expect(await client.workflow.execute('reminderSeries', run)).toBe('CANCELLED');
      const again = await client.workflow.signalWithStart('reminderSeries', { ...run, signal: 'changed' });
      await soon(async () => (await again.query(next)).state === 'waiting-window');
    });
  });
});
