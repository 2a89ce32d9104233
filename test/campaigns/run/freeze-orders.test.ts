import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freezeAudience } from '../../../src/campaigns/audience/freeze.ts';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../../src/campaigns/run/order.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { holdTable } from '../../support/held-table.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld, type SendWorld } from '../../support/send-world.ts';
import { untilSent } from '../../support/until-sent.ts';
import { campaigning, some } from './campaigning.ts';
import { openBase } from '../../support/database.ts';
import { planned } from './planned.ts';

const PEOPLE = 5;
const clock = new ShiftedClock();
const NEVER = new AbortController().signal;
const base = await openBase();

const operator = await anOperator(clock);

/** Creates a running campaign to a few people in two places; nobody has a message yet. */
async function unfrozen(): Promise<SendWorld> {
  const world = await aSendWorld(operator, clock);
  await world.shard(PEOPLE);
  await world.shard(PEOPLE, { territory: 'RE', timeZone: 'Indian/Reunion' });
  await world.query('DELETE FROM tally');
  await world.query('DELETE FROM message');
  await world.query('DELETE FROM batch');
  return world;
}

const give = (world: SendWorld, order: typeof pauseCampaign) =>
  world.database.withTenant(world.tenantId, (tx) =>
    order(tx, { clock }, { campaignId: world.campaignId, actor: 'key:test' }),
  );
const sendAll = async (world: SendWorld, shards: readonly { readonly batchId: string }[]): Promise<void> => {
  for (const { batchId } of shards)
    await untilSent(() => sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal: NEVER }));
};

describe('a campaign that is ordered about while its audience is frozen', () => {
  it('sends nothing while paused, everything once resumed', async () => {
    const world = await unfrozen();
    const key = { tenantId: world.tenantId, campaignId: world.campaignId };
    const held = await holdTable(world.superUrl, 'batch');
    const freezing = freezeAudience(world.deps, key);
    await expect.poll(() => held.waiting()).toBe(1);
    await give(world, pauseCampaign);
    await held.letGo();
    const { shards } = await freezing;
    expect(shards).toHaveLength(2);
    await sendAll(world, shards);
    expect(await operator.log()).toEqual([]);
    await give(world, resumeCampaign);
    await sendAll(world, (await freezeAudience(world.deps, key)).shards);
    const sent = (await operator.log()).map(({ to }) => to);
    expect(sent).toHaveLength(2 * PEOPLE);
    expect(new Set(sent).size).toBe(2 * PEOPLE);
  });

  it('makes no further batch once cancelled', async () => {
    const world = await unfrozen();
    const { database, taken } = planned(world.database);
    const held = await holdTable(world.superUrl, 'message');
    const key = { tenantId: world.tenantId, campaignId: world.campaignId };
    const freezing = freezeAudience({ ...world.deps, database }, key);
    await expect.poll(() => held.waiting()).toBe(1);
    // `cancelCampaign` would also end its trials, which are messages, and wait for the held table.
    await world.query(`UPDATE campaign SET status = 'cancelled', ended_at = now() WHERE id = $1`, [
      world.campaignId,
    ]);
    await held.letGo();
    expect(await freezing).toEqual({ shards: [] });
    expect(taken().filter(({ statement }) => statement.startsWith('INSERT INTO batch'))).toHaveLength(1);
    expect(await world.query('SELECT 1 FROM batch')).toEqual([]);
  });

  it('leaves nobody ready, whenever it is cancelled', async () => {
    const world = await campaigning(base.database, base.test);
    await world.people(...some(4), ...some(4, { territory: 'RE' }));
    for (let turn = 0; turn < 12; turn += 1) {
      const campaignId = await world.launched();
      const key = { tenantId: world.shop.id, campaignId };
      const frozen = freezeAudience(world.deps, key);
      await pause(turn * 4);
      await world.shop.within((tx) => cancelCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
      await frozen;
      // The workflow freezes again when it receives the order.
      await freezeAudience(world.deps, key);
      const { audience, excluded } = await world.accounts(campaignId);
      expect([
        { audience: 0, excluded: {} },
        { audience: 8, excluded: { CANCELLED: 8 } },
      ]).toContainEqual({ audience, excluded });
      expect((await world.recounted(campaignId)).differences).toEqual([]);
    }
  });
});
