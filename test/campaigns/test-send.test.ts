import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelCampaign } from '../../src/campaigns/order.ts';
import { tryCampaign } from '../../src/campaigns/test-send.ts';
import { standingBatches } from '../../src/messages/acknowledgement.repository.ts';
import { readRun } from '../../src/messages/batch-run.repository.ts';
import type { Database } from '../../src/database/connection.ts';
import { aDatabase, type TestDatabase } from '../support/database.ts';
import { aNumber, campaigning, type Campaigning } from './campaigning.ts';
import { open, told } from '../contacts/shop.ts';

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await aDatabase();
  database = await open(test);
});
afterAll(() => database.close());

const NIL = '00000000-0000-0000-0000-000000000000';

const tried = (world: Campaigning, campaignId: string, phones: readonly string[]) =>
  world.shop.within((tx) => tryCampaign(tx, world.deps, { campaignId, phones, actor: 'key:test' }));

describe('a campaign that is tried', () => {
  it('goes to those named, each once, and is counted in none of its accounts', async () => {
    const world = await campaigning(database, test);
    const [one, other] = [aNumber(), aNumber()];
    await world.people(told(one, {}), told(other, {}));
    const campaignId = await world.draft({ budget: { amount: '5', currency: 'EUR' }, localTime: '18:00' });
    const { id, messages } = await tried(world, campaignId, [one, other, one]);
    expect(messages.map(({ to }) => to)).toHaveLength(2);
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 0, pending: 0 });
    expect(await world.shop.within(standingBatches)).toContain(id);
    const run = await world.shop.within((tx) => readRun(tx, id));
    expect(run).toMatchObject({
      kind: 'test',
      purpose: 'marketing',
      order: { kind: 'campaign', campaignId, status: 'running', budget: null, pace: null },
    });
  });

  it('is found again while it waits, and no more once it is over', async () => {
    const world = await campaigning(database, test);
    const number = aNumber();
    await world.people(told(number, {}));
    const { id } = await tried(world, await world.draft(), [number]);
    const openWork = async () =>
      (
        await world.shop.tamper(
          `SELECT id FROM open_work('infinity', $1, 1000) WHERE kind = 'acknowledgements'`,
          [NIL],
        )
      ).map((row) => row['id']);
    await world.shop.tamper(`UPDATE batch SET next_action_at = now() WHERE id = $1`, [id]);
    expect(await openWork()).toContain(id);
    await world.shop.tamper(`UPDATE batch SET state = 'done' WHERE id = $1`, [id]);
    expect(await openWork()).not.toContain(id);
  });

  it('goes to nobody who is not known', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.draft();
    await expect(tried(world, campaignId, [aNumber()])).rejects.toMatchObject({ code: 'CONTACT_NOT_FOUND' });
  });

  it('is refused once it is over', async () => {
    const world = await campaigning(database, test);
    const number = aNumber();
    await world.people(told(number, {}));
    const campaignId = await world.draft();
    await world.shop.within((tx) => cancelCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
    await expect(tried(world, campaignId, [number])).rejects.toMatchObject({ code: 'CAMPAIGN_CANNOT_MOVE' });
  });
});
