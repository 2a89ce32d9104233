import { describe, expect, it } from 'vitest';
import type { ConductDeps } from '../../src/temporal/dispatcher.ts';
import { Reconciler, SEAL_WORKFLOW } from '../../src/temporal/reconciler.ts';
import { aWorld, runs, signalsOf } from './world.ts';

const world = await aWorld();

/** A Temporal that takes no order about that workflow. */
function refusing(deps: ConductDeps, workflowId: string): ConductDeps {
  const { client } = deps.temporal;
  const workflow = new Proxy(client.workflow, {
    get: (all, name) => {
      const value: unknown = Reflect.get(all, name);
      if (typeof value !== 'function') return value;
      return (...given: readonly { readonly workflowId?: string }[]): unknown =>
        given[1]?.workflowId === workflowId
          ? Promise.reject(new Error('refused'))
          : Reflect.apply(value, all, given);
    },
  });
  const changed = new Proxy(client, {
    get: (all, name) => (name === 'workflow' ? workflow : (Reflect.get(all, name) as unknown)),
  });
  const temporal = new Proxy(deps.temporal, {
    get: (all, name) => (name === 'client' ? changed : (Reflect.get(all, name) as unknown)),
  });
  return { ...deps, temporal };
}

describe('a Temporal that was deleted', () => {
  it('has everything open again: series, campaigns, answers, files', async () => {
    const due = await world.series(-5);
    const later = await world.series(30 * 24 * 3_600);
    const paused = await world.series(null, 'paused');
    const campaign = await world.campaign('running', null);
    const closing = await world.campaign('cancelled', null);
    await world.shard(closing, 0, null);
    const over = await world.campaign('cancelled', null);
    const upload = await world.upload();
    await world.owing(10);
    const { deps } = world;
    await new Reconciler(deps).reconcile();
    const expected = [
      ...[due, later, paused].map((id) => `series/${id}`),
      `campaign/${campaign}`,
      `campaign/${closing}`,
      `import/${upload}`,
      `acknowledgements/${world.tenantId}`,
      SEAL_WORKFLOW,
    ];
    expect(await Promise.all(expected.map((id) => runs(deps, id)))).toEqual(expected.map(() => true));
    expect(await runs(deps, `campaign/${over}`)).toBe(false);

    const emptied = await world.withEmptyTemporal();
    await new Reconciler(emptied).reconcile();
    expect(await Promise.all(expected.map((id) => runs(emptied, id)))).toEqual(expected.map(() => true));
  });

  it('is given everything else after a refusal', async () => {
    const ids = [];
    for (let n = 0; n < 6; n += 1) ids.push(await world.series(-5));
    const [refused = '', ...others] = ids.toSorted();
    const deps = await world.withEmptyTemporal();
    const reconciler = new Reconciler(refusing(deps, `series/${refused}`), { page: 2 });
    await expect(reconciler.reconcile()).rejects.toThrow('refused');
    expect(await Promise.all(others.map((id) => runs(deps, `series/${id}`)))).toEqual(others.map(() => true));
    expect(await runs(deps, `series/${refused}`)).toBe(false);
  });

  it('is left alone except for late work', async () => {
    const deps = await world.withEmptyTemporal();
    const reconciler = new Reconciler(deps);
    await reconciler.reconcile();
    const late = await world.series(-61);
    const soon = await world.series(-30);
    await reconciler.reconcile();
    expect(await runs(deps, `series/${late}`)).toBe(false);
    await new Reconciler(deps).reconcile();
    expect(await signalsOf(deps, `series/${late}`)).toEqual(['replan']);
    expect(await runs(deps, `series/${soon}`)).toBe(false);
  });
});
