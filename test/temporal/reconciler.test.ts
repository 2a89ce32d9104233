import { describe, expect, it } from 'vitest';
import { Reconciler, SEAL_WORKFLOW } from '../../src/temporal/reconciler.ts';
import { aWorld, runs, signalsOf } from './world.ts';

const world = await aWorld();

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

  it('is left alone once everything was started, but for what is a minute late', async () => {
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
