import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cancelCampaign } from '../../../src/campaigns/run/order.ts';
import { tryCampaign } from '../../../src/campaigns/draft/test-send.ts';
import { changeCampaign } from '../../../src/campaigns/draft/change.ts';
import { openTrials } from '../../../src/sending/batch/parking.repository.ts';
import { readRun } from '../../../src/sending/batch/batch-run.repository.ts';
import { aNumber, campaigning, type Campaigning } from '../run/campaigning.ts';
import { told } from '../../people/import/shop.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const NIL = '00000000-0000-0000-0000-000000000000';

const tried = (world: Campaigning, campaignId: string, phones: readonly string[]) =>
  world.shop.within((tx) => tryCampaign(tx, world.deps, { campaignId, phones, actor: 'key:test' }));

describe('a campaign that is tried', () => {
  it('reaches each named person once, outside the accounts', async () => {
    const world = await campaigning(database, test);
    const [one, other] = [aNumber(), aNumber()];
    await world.people(told(one, {}), told(other, {}));
    const campaignId = await world.draft({ budget: { amount: '5', currency: 'EUR' }, localTime: '18:00' });
    const { id, messages } = await tried(world, campaignId, [one, other, one]);
    expect(messages.map(({ to }) => to)).toHaveLength(2);
    expect(await world.accounts(campaignId)).toMatchObject({ audience: 0, pending: 0 });
    expect(await world.shop.within(openTrials)).toContain(id);
    const run = await world.shop.within((tx) => readRun(tx, id ?? ''));
    expect(run).toMatchObject({
      kind: 'test',
      purpose: 'marketing',
      order: { kind: 'campaign', campaignId, status: 'running', budget: null, pace: null },
    });
  });

  it('is found until it is over', async () => {
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

  it('reaches nobody unknown', async () => {
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

  it('excludes whom its audience would, with the reason', async () => {
    const world = await campaigning(database, test);
    const brandId = randomUUID();
    await world.shop.tamper(
      `INSERT INTO brand (id, tenant_id, external_id, name, created_at)
       SELECT id, $1, name, name, now() FROM (VALUES ($2::uuid, 'Lampes'), ($3::uuid, 'Chaises')) AS b(id, name)`,
      [world.shop.id, brandId, randomUUID()],
    );
    const [stranger, listed, nowhere, other] = [aNumber(), aNumber(), aNumber(), aNumber()];
    await world.strangers(told(stranger, {}));
    const [inList = '', lost = ''] = await world.people(told(listed, {}), told(nowhere, {}), told(other, {}));
    await world.shop.tamper(`UPDATE contact SET place_from = 'unknown' WHERE id = $1`, [lost]);
    const phones = [stranger, listed, nowhere, other];
    const reasonsOf = async (campaignId: string) => {
      const { id, messages, refused } = await tried(world, campaignId, phones);
      return { sent: id === null ? 0 : messages.length, reasons: refused.map(({ reason }) => reason) };
    };
    const exclude = [{ contactIds: [inList] }];
    expect(await reasonsOf(await world.draft({ exclude }))).toEqual({
      sent: 1,
      reasons: ['NO_BASIS', 'ON_EXCLUSION_LIST', 'PLACE_UNKNOWN'],
    });
    expect(await reasonsOf(await world.draft({ exclude, brandId }))).toEqual({
      sent: 0,
      reasons: ['NO_BASIS', 'ON_EXCLUSION_LIST', 'NO_BASIS', 'NO_BASIS'],
    });
  });

  it('reaches 20 people a call, 50 a day', async () => {
    const world = await campaigning(database, test);
    const phones = Array.from({ length: 51 }, aNumber);
    await world.people(...phones.map((phone) => told(phone, {})));
    const campaignId = await world.draft();
    const limit = { code: 'TRIAL_LIMIT' };
    await expect(tried(world, campaignId, phones.slice(0, 21))).rejects.toMatchObject(limit);
    await tried(world, campaignId, phones.slice(0, 20));
    await tried(world, campaignId, phones.slice(20, 40));
    await expect(tried(world, campaignId, phones.slice(40, 51))).rejects.toMatchObject(limit);
    await tried(world, campaignId, phones.slice(40, 50));
    await expect(tried(world, campaignId, phones.slice(50))).rejects.toMatchObject(limit);
    await world.shop.tamper(
      `UPDATE batch SET created_at = created_at - interval '24 hours' WHERE test_of = $1`,
      [campaignId],
    );
    await tried(world, campaignId, phones.slice(50));
  });

  it('ends when cancelled or its draft changes', async () => {
    const world = await campaigning(database, test);
    const number = aNumber();
    await world.people(told(number, {}));
    const actor = 'key:test';
    const states = async (id: string | null) =>
      world.shop.tamper(`SELECT state::text, reason FROM message WHERE batch_id = $1`, [id]);
    const cancelled = await world.draft();
    const first = await tried(world, cancelled, [number]);
    const changed = await world.draft();
    const second = await tried(world, changed, [number]);
    await world.shop.within((tx) => cancelCampaign(tx, world.deps, { campaignId: cancelled, actor }));
    expect(await states(first.id)).toEqual([{ state: 'excluded', reason: 'CANCELLED' }]);
    expect(await states(second.id)).toEqual([{ state: 'ready', reason: null }]);
    const changes = { text: 'Maison Lumière : -30 % en boutique. {stop}' };
    await world.shop.within((tx) => changeCampaign(tx, world.deps, { campaignId: changed, changes, actor }));
    expect(await states(second.id)).toEqual([{ state: 'excluded', reason: 'CANCELLED' }]);
  });
});
