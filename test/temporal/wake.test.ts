import { afterEach, describe, expect, it } from 'vitest';
import { dueWork, markWoken } from '../../src/temporal/due-work.repository.ts';
import { wake } from '../../src/temporal/conductor.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aWorld, runs, signalsOf } from './world.ts';

const world = await aWorld();
const { deps, database, clock } = world;
const start = (workflowId: string) =>
  deps.temporal.client.workflow.start('reminderSeries', {
    workflowId,
    taskQueue: 'orchestration',
    args: [{}],
  });
const woken = async (id: string): Promise<boolean> =>
  (await world.look('SELECT woken_at FROM reminder_series WHERE id = $1', [id]))[0]?.['woken_at'] !== null;

describe('the loop that signals due work', () => {
  afterEach(() => world.look('DELETE FROM reminder_series'));

  it('signals those due by the law clock once', async () => {
    const [due, later] = [await world.series(-1), await world.series(3_600)];
    await start(`series/${due}`);
    await start(`series/${later}`);
    await wake(deps);
    await wake(deps);
    expect(await signalsOf(deps, `series/${due}`)).toEqual(['replan']);
    expect(await signalsOf(deps, `series/${later}`)).toEqual([]);
    expect(await woken(due)).toBe(true);
  });

  it('follows a moved clock with one write', async () => {
    const id = await world.series(3_600);
    await start(`series/${id}`);
    const later = new ShiftedClock().startAt(clock.now().plus({ hours: 2 }).toISO());
    await wake({ ...deps, clock: later });
    expect(await signalsOf(deps, `series/${id}`)).toEqual(['replan']);
  });

  it.each([
    ['another moment', `next_action_at + interval '1 day'`],
    // By a clock that is a moment behind.
    ['the same moment', 'next_action_at'],
  ])('does not skip a row replanned for %s', async (_name, planned) => {
    const id = await world.series(-1);
    const due = await dueWork(database, clock.now().toISO(), { most: 10 });
    await world.look(`UPDATE reminder_series SET next_action_at = ${planned} WHERE id = $1`, [id]);
    await markWoken(database, due, clock.now().toISO());
    expect(await woken(id)).toBe(false);
  });

  it('starts an open series that does not run', async () => {
    const id = await world.series(-1);
    await wake(deps);
    expect(await runs(deps, `series/${id}`)).toBe(true);
  });

  it('starts the campaign of an idle shard', async () => {
    const campaignId = await world.campaign('running', null);
    await world.shard(campaignId, 0, -1);
    await wake(deps);
    expect(await signalsOf(deps, `campaign/${campaignId}`)).toEqual(['replan']);
    expect(await dueWork(database, clock.now().toISO(), { most: 10 })).toEqual([]);
  });

  it('signals 200 a turn, the oldest first', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 210; index += 1) ids.push(await world.series(-1 - index));
    await wake(deps);
    const told = await world.look('SELECT id FROM reminder_series WHERE woken_at IS NOT NULL');
    expect(new Set(told.map((row) => row['id']))).toEqual(new Set(ids.slice(10)));
  });
});
