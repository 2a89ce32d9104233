import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { pauseCampaign, resumeCampaign } from '../../../src/campaigns/run/order.ts';
import { activitiesOf } from '../../../src/main/worker/activity-ports.ts';
import type { SendPath } from '../../../src/main/worker/send-path.ts';
import { campaigning, type Campaigning } from '../../campaigns/run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const NEVER = new AbortController().signal;
type Order = 'pause' | 'resume' | 'cancel';

/** Gives orders as workflows do; one activity id is one order, in all its attempts. */
function ordering({ deps, shop }: Campaigning, campaignId: string) {
  const unused = () => Promise.reject(new Error('not in this test'));
  // The order needs nothing else of the send path.
  const path = { clock: deps.clock, database } as unknown as SendPath;
  const parts = {
    journalDays: 35,
    database,
    onStep: () => undefined,
    take: { file: unused, callOff: unused, onlyPractice: unused },
  };
  const { obeyOrder } = activitiesOf(path, { stopping: NEVER, leaves: () => NEVER }, parts);
  const about = { tenantId: shop.id, workflow: 'campaign', id: campaignId } as const;
  return (order: Order, activityId: string, attempt = 1) =>
    new MockActivityEnvironment({ activityId, attempt }).run(() => obeyOrder({ ...about, order }));
}

const rowOf = async ({ shop }: Campaigning, campaignId: string) =>
  (await shop.tamper(`SELECT status, revision FROM campaign WHERE id = $1`, [campaignId]))[0];
const byPerson = { actor: 'key:test' };
const REFUSED = { refused: 'L’état actuel de la campagne ne le permet pas.' };

describe('an order whose worker died before its answer', () => {
  it.each([
    ['pause', 'paused'],
    ['resume', 'running'],
    ['cancel', 'cancelled'],
  ] as const)('answers as the first time: %s', async (order, status) => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    if (order === 'resume')
      await world.shop.within((tx) => pauseCampaign(tx, world.deps, { campaignId, ...byPerson }));
    const give = ordering(world, campaignId);
    expect(await give(order, '7')).toEqual({});
    const row = await rowOf(world, campaignId);
    expect(row).toMatchObject({ status });
    expect(await give(order, '7', 2)).toEqual({});
    expect(await rowOf(world, campaignId)).toEqual(row);
  });

  it('undoes nothing that a person ordered since', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    const give = ordering(world, campaignId);
    await give('pause', '7');
    await world.shop.within((tx) => resumeCampaign(tx, world.deps, { campaignId, ...byPerson }));
    expect(await give('pause', '7', 2)).toEqual({});
    expect(await rowOf(world, campaignId)).toMatchObject({ status: 'running' });
  });

  it('acts once though two attempts run together', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    const give = ordering(world, campaignId);
    expect(await Promise.all([give('pause', '7'), give('pause', '7', 2)])).toEqual([{}, {}]);
    expect(await rowOf(world, campaignId)).toMatchObject({ status: 'paused', revision: 3 });
  });
});

describe('another order of the same kind', () => {
  it('is refused as a person’s is', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    const give = ordering(world, campaignId);
    await give('pause', '7');
    expect(await give('pause', '8')).toEqual(REFUSED);
    await expect(
      world.shop.within((tx) => pauseCampaign(tx, world.deps, { campaignId, ...byPerson })),
    ).rejects.toMatchObject({ code: 'CAMPAIGN_CANNOT_MOVE' });
  });
});
