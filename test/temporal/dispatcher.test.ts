import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addToWorkflowOutbox,
  type WorkflowIntent,
} from '../../src/platform/database/workflow-outbox.repository.ts';
import { answerOwed } from '../../src/sending/index.ts';
import { dispatch, type SignalledAt } from '../../src/temporal/dispatcher.ts';
import { dueIntents } from '../../src/temporal/due-work.repository.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aWorld, runs, signalsOf } from './world.ts';

const world = await aWorld();
const { deps, database, tenantId, clock } = world;

function about(seriesId: string, what: Partial<WorkflowIntent> = {}): WorkflowIntent {
  return {
    class: 'start',
    verb: 'start',
    workflow: 'reminderSeries',
    workflowId: `series/${seriesId}`,
    input: { tenantId, seriesId },
    ...what,
  };
}

const write = (...intents: WorkflowIntent[]): Promise<void> =>
  database.withTenant(tenantId, (tx) => addToWorkflowOutbox(tx, intents, clock.machine()));

const left = (): Promise<Record<string, unknown>[]> =>
  world.look('SELECT workflow_id, attempts, not_before > $1 AS later FROM intent', [clock.now().toISO()]);

/** Stands still, ahead of the machine by a minute, until it is stepped. */
class SteppedClock extends ShiftedClock {
  readonly #at = Date.now() + 60_000;
  #steppedMs = 0;

  step(ms: number): void {
    this.#steppedMs += ms;
  }

  override machine(): number {
    return this.#at + this.#steppedMs;
  }

  override monotonic(): number {
    return this.#steppedMs;
  }
}

describe('what was written with its cause', () => {
  afterEach(() => world.look('DELETE FROM intent'));

  it('starts a workflow once, then is deleted', async () => {
    const id = randomUUID();
    await write(about(id), about(id));
    expect(await dispatch(deps)).toBe(false);
    expect(await runs(deps, `series/${id}`)).toBe(true);
    expect(await left()).toEqual([]);
    const described = await deps.temporal.client.workflow.getHandle(`series/${id}`).describe();
    expect(described.searchAttributes).toMatchObject({
      TenantId: [tenantId],
      Kind: ['reminderSeries'],
      SendState: ['planning'],
    });
    expect(described.raw.workflowExecutionInfo?.priority?.fairnessKey).toBe(tenantId);
    expect(described.raw.executionConfig?.defaultWorkflowTaskTimeout?.seconds?.toString()).toBe('5');
  });

  it('links its workflow to the web page', async () => {
    const id = randomUUID();
    await write(about(id));
    await dispatch({ ...deps, publicUrl: 'https://sms.example.fr' });
    const described = await deps.temporal.client.workflow.getHandle(`series/${id}`).describe();
    expect(await described.staticDetails()).toBe(
      `[Ce qui s’est passé, et la suite](https://sms.example.fr/console/timeline?series=${id})`,
    );
  });

  it.each([
    ['fr', 'Envoie chaque rappel à son heure ; s’arrête sur un STOP', '[Ce qui s’est passé, et la suite]'],
    ['en', 'Sends each reminder at its hour; stops on a STOP', '[What happened, and what comes next]'],
  ])('speaks the language of its tenant, %s', async (locale, summary, link) => {
    const id = randomUUID();
    await world.look('UPDATE tenant SET locale = $1 WHERE id = $2', [locale, tenantId]);
    await write(about(id));
    await dispatch({ ...deps, publicUrl: 'https://sms.example.fr' });
    const described = await deps.temporal.client.workflow.getHandle(`series/${id}`).describe();
    expect([await described.staticSummary(), described.memo]).toEqual([summary, { locale }]);
    expect(await described.staticDetails()).toContain(link);
    await world.look("UPDATE tenant SET locale = 'fr' WHERE id = $1", [tenantId]);
  });

  it('signals a running workflow only', async () => {
    const [running, gone] = [randomUUID(), randomUUID()];
    await write(about(running));
    await dispatch(deps);
    const stop = { class: 'stop', verb: 'signal', signal: 'stopReceived' } as const;
    await write(about(running, stop), about(gone, stop));
    await dispatch(deps);
    expect(await signalsOf(deps, `series/${running}`)).toEqual(['stopReceived']);
    expect(await runs(deps, `series/${gone}`)).toBe(false);
    expect(await left()).toEqual([]);
  });

  it('starts a closed series again when it changed', async () => {
    const id = randomUUID();
    await write(about(id, { class: 'change', verb: 'signal-with-start', signal: 'changed' }));
    await dispatch(deps);
    expect(await signalsOf(deps, `series/${id}`)).toEqual(['changed']);
  });

  it('is sent once for identical intents', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const changed = { class: 'change', verb: 'signal-with-start', signal: 'changed' } as const;
    const stopped = { class: 'stop', verb: 'signal', signal: 'stopReceived' } as const;
    await write(about(other, changed), ...Array.from({ length: 60 }, () => about(id, changed)));
    expect(await dispatch(deps)).toBe(false);
    await write(about(id, stopped), about(id, stopped), about(id, changed));
    expect(await dispatch(deps)).toBe(false);
    expect((await signalsOf(deps, `series/${id}`)).toSorted()).toEqual([
      'changed',
      'changed',
      'stopReceived',
    ]);
    expect(await signalsOf(deps, `series/${other}`)).toEqual(['changed']);
    expect(await left()).toEqual([]);
  });

  it('starts answers once a second at most', async () => {
    const [signalledAt, stepped]: [SignalledAt, SteppedClock] = [new Map(), new SteppedClock()];
    const answers = { ...answerOwed(randomUUID()), input: { tenantId } };
    const next = (): Promise<boolean> => dispatch({ ...deps, clock: stepped }, signalledAt);
    await write(answers);
    await next();
    await write(answers, about(randomUUID()));
    await write(answers);
    stepped.step(999);
    expect(await next()).toBe(false);
    const held = { workflow_id: answers.workflowId, attempts: 0, later: true };
    expect(await left()).toEqual([held, held]);
    expect(await signalsOf(deps, answers.workflowId)).toEqual(['changed']);
    stepped.step(1);
    expect(await next()).toBe(false);
    expect(await left()).toEqual([]);
    expect(await signalsOf(deps, answers.workflowId)).toEqual(['changed', 'changed']);
  });

  it('is postponed together when Temporal refuses it', async () => {
    const id = randomUUID();
    const refused = about(id, { class: 'stop', verb: 'signal', signal: '' });
    await write(refused, refused);
    await dispatch(deps);
    const later = { workflow_id: `series/${id}`, attempts: 1, later: true };
    expect(await left()).toEqual([later, later]);
  });

  it('is sent in slices', async () => {
    const ids = Array.from({ length: 40 }, () => randomUUID());
    await write(...ids.map((id) => about(id)));
    expect(await dispatch(deps)).toBe(true);
    expect(await left()).toHaveLength(8);
    expect(await dispatch(deps)).toBe(false);
    expect(await left()).toEqual([]);
  });

  it('is ordered STOP, order, change, start', async () => {
    const id = randomUUID();
    const kinds = ['start', 'change', 'stop', 'order'] as const;
    await write(...kinds.map((kind) => about(`${id}-${kind}`, { class: kind })));
    const due = await dueIntents(database, clock.now().toISO(), { most: 10 });
    expect(due.map((intent) => intent.class)).toEqual([0, 1, 2, 3]);
  });

  it('lets others pass when Temporal refuses it', async () => {
    const [refused, good] = [randomUUID(), randomUUID()];
    await write(about(refused, { class: 'stop', verb: 'signal', signal: '' }), about(good));
    await dispatch(deps);
    expect(await runs(deps, `series/${good}`)).toBe(true);
    expect(await left()).toEqual([{ workflow_id: `series/${refused}`, attempts: 1, later: true }]);
  });

  it('waits unharmed while Temporal is away', async () => {
    const id = randomUUID();
    await write(about(id));
    const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] });
    const away = { ...deps.temporal, connection, client: new Client({ connection }) };
    await expect(dispatch({ ...deps, temporal: away })).rejects.toThrow(/connect|signal|start/i);
    expect(await left()).toEqual([{ workflow_id: `series/${id}`, attempts: 0, later: false }]);
  });
});
