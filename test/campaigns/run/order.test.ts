import { describe, expect, it } from 'vitest';
import {
  cancelCampaign,
  launchCampaign,
  parkCampaign,
  pauseCampaign,
  resumeCampaign,
  sweepCampaign,
} from '../../../src/campaigns/run/order.ts';
import { planCampaign } from '../../../src/campaigns/run/campaign-plan.ts';
import type { Transaction } from '../../../src/platform/database/connection.ts';
import { campaigning, some, type Campaigning } from './campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

type Order = (
  tx: Transaction,
  deps: Campaigning['deps'],
  ordered: { campaignId: string; actor: string },
) => Promise<{ status: string; workflowId: string }>;

const give = (world: Campaigning, order: Order, campaignId: string) =>
  world.shop.within((tx) => order(tx, world.deps, { campaignId, actor: 'key:test' }));
const toldOf = (world: Campaigning) =>
  world.shop.tamper(
    `SELECT class, verb, workflow_id, signal FROM intent WHERE tenant_id = $1 AND workflow = 'campaign' ORDER BY class DESC, verb`,
    [world.shop.id],
  );
const rowOf = async (world: Campaigning, campaignId: string) => {
  const [row] = await world.shop.tamper(
    `SELECT status, revision, parked_because, launched_at IS NOT NULL AS launched, ended_at IS NOT NULL AS ended FROM campaign WHERE id = $1`,
    [campaignId],
  );
  return row;
};

describe('an order to a campaign', () => {
  it('launches a draft, its workflow and audit together', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.draft();
    expect(await give(world, launchCampaign, campaignId)).toEqual({
      id: campaignId,
      status: 'running',
      workflowId: `campaign/${campaignId}`,
    });
    expect(await rowOf(world, campaignId)).toEqual({
      status: 'running',
      revision: 2,
      parked_because: null,
      launched: true,
      ended: false,
    });
    expect(await toldOf(world)).toEqual([
      { class: 3, verb: 'start', workflow_id: `campaign/${campaignId}`, signal: null },
    ]);
    expect(
      await world.shop.tamper(`SELECT actor, action, subject FROM audit_entry WHERE tenant_id = $1`, [
        world.shop.id,
      ]),
    ).toEqual([{ actor: 'key:test', action: 'campaign.launched', subject: campaignId }]);
  });

  it('schedules one whose start lies ahead', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.draft({ startAt: '2026-11-24T18:00:00+01:00' });
    expect((await give(world, launchCampaign, campaignId)).status).toBe('scheduled');
    await give(world, pauseCampaign, campaignId);
    world.shop.clock.set('2026-11-24T18:00:01+01:00');
    expect((await give(world, resumeCampaign, campaignId)).status).toBe('running');
  });

  it('pauses and resumes under new revisions', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    await give(world, pauseCampaign, campaignId);
    await give(world, resumeCampaign, campaignId);
    expect(await rowOf(world, campaignId)).toMatchObject({ status: 'running', revision: 4 });
    expect((await toldOf(world)).slice(1)).toEqual([
      { class: 1, verb: 'signal', workflow_id: `campaign/${campaignId}`, signal: 'replan' },
      { class: 1, verb: 'signal-with-start', workflow_id: `campaign/${campaignId}`, signal: 'replan' },
    ]);
  });

  it('parks with a reason that resuming takes away', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    await world.shop.within((tx) =>
      parkCampaign(tx, world.deps, { campaignId, actor: 'system', because: 'BUDGET' }),
    );
    expect(await rowOf(world, campaignId)).toMatchObject({ status: 'parked', parked_because: 'BUDGET' });
    await give(world, resumeCampaign, campaignId);
    expect(await rowOf(world, campaignId)).toMatchObject({ status: 'running', parked_because: null });
  });

  it('retries an account only if parked for credit', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    const stateOf = async () =>
      (await world.shop.tamper(`SELECT state FROM gateway_account WHERE name = 'sandbox'`))[0]?.['state'];
    await world.shop.tamper(`UPDATE gateway_account SET state = 'credit' WHERE name = 'sandbox'`);
    await give(world, pauseCampaign, campaignId);
    await give(world, resumeCampaign, campaignId);
    expect(await stateOf()).toBe('credit');
    await world.shop.within((tx) =>
      parkCampaign(tx, world.deps, { campaignId, actor: 'system', because: 'CREDIT' }),
    );
    await give(world, resumeCampaign, campaignId);
    expect(await stateOf()).toBe('unknown');
  });

  it('changes nothing when the campaign cannot obey', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.launched();
    await give(world, cancelCampaign, campaignId);
    const before = await rowOf(world, campaignId);
    for (const order of [launchCampaign, pauseCampaign, resumeCampaign, cancelCampaign])
      await expect(give(world, order, campaignId)).rejects.toMatchObject({ code: 'CAMPAIGN_CANNOT_MOVE' });
    expect(await rowOf(world, campaignId)).toEqual(before);
  });

  it('is not found by another tenant', async () => {
    const [ours, theirs] = [await campaigning(database, test), await campaigning(database, test)];
    const campaignId = await theirs.draft();
    await expect(give(ours, launchCampaign, campaignId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('cancels a draft without notifying anybody', async () => {
    const world = await campaigning(database, test);
    const campaignId = await world.draft();
    await give(world, cancelCampaign, campaignId);
    expect(await rowOf(world, campaignId)).toMatchObject({ status: 'cancelled', ended: true });
    expect(await toldOf(world)).toEqual([]);
  });
});

describe('a cancelled campaign', () => {
  it('cancels what is ready, and stays cancelled', async () => {
    const world = await campaigning(database, test);
    await world.people(...some(8));
    await world.strangers(...some(2));
    const campaignId = await world.frozen();
    const [batch] = await world.shop.tamper(`SELECT id FROM batch WHERE campaign_id = $1`, [campaignId]);
    await world.shop.tamper(
      `WITH m AS (UPDATE message SET state = 'accepted', submission_id = gen_random_uuid() WHERE batch_id = $1 AND state = 'ready' AND seq <= 5 RETURNING 1)
       INSERT INTO tally SELECT $2::uuid, $1::uuid, s::message_state, NULL, d * (SELECT count(*) FROM m) FROM (VALUES ('accepted', 1), ('ready', -1)) v(s, d)`,
      [batch?.['id'], world.shop.id],
    );
    const sent = (await world.accounts(campaignId)).accepted;
    await give(world, cancelCampaign, campaignId);
    const key = { tenantId: world.shop.id, campaignId };
    expect((await planCampaign(world.deps, key)).kind).toBe('done');
    expect(await sweepCampaign(world.deps, key, 'CANCELLED')).toBe(0);
    expect(await world.accounts(campaignId)).toMatchObject({
      audience: 10,
      pending: 0,
      accepted: sent,
      excluded: { NO_BASIS: 2, CANCELLED: 8 - sent },
    });
    expect((await world.recounted(campaignId)).differences).toEqual([]);
    expect(await rowOf(world, campaignId)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a launch on a real account', () => {
  const real = { gateway: 'real', sender: 'MaisonLumie' };

  it('waits until the tenant says who it is', async () => {
    const world = await campaigning(database, test);
    await world.shop.tamper(`UPDATE tenant SET complete = false WHERE id = $1`, [world.shop.id]);
    await expect(world.launched(real)).rejects.toMatchObject({ code: 'IDENTITY_MISSING' });
    await expect(world.launched()).resolves.toBeTypeOf('string');
  });

  it('waits until a STOP has come back', async () => {
    const world = await campaigning(database, test);
    await expect(world.launched(real)).rejects.toMatchObject({ code: 'STOP_PATH_UNPROVEN' });
    await world.shop.tamper(`UPDATE gateway_account SET proven_at = now() WHERE name = 'real'`);
    await expect(world.launched(real)).resolves.toBeTypeOf('string');
    await world.shop.tamper(`UPDATE gateway_account SET proven_at = NULL WHERE name = 'real'`);
  });
});
