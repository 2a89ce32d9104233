import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aScriptedWorld, type ScriptedWorld } from './scripted-world.ts';

let scripted: ScriptedWorld;
beforeAll(async () => {
  scripted = await aScriptedWorld();
});
afterAll(() => scripted.world.close());
beforeEach(() => scripted.calm());

const TUESDAY = '2026-11-24T10:00:00+01:00';

/** A campaign over three days, ten people a day. */
async function threeDays(localTime: string | null = null): Promise<string[]> {
  const { world } = scripted;
  const batches = [await world.shard(10), await world.shard(10), await world.shard(10)];
  for (const [day, batchId] of batches.entries())
    await world.query('UPDATE batch SET day = $2 WHERE id = $1', [batchId, day]);
  // Those of earlier tests belong to other campaigns by now.
  await world.query(
    `UPDATE batch SET territory = 'gone' WHERE campaign_id = $1 AND id <> ALL ($2) AND created_at < now()`,
    [world.campaignId, batches],
  );
  await world.query(
    `UPDATE campaign SET spread_days = 3, local_time = $2, launched_at = $3, start_at = NULL WHERE id = $1`,
    [world.campaignId, localTime, TUESDAY],
  );
  return batches;
}

/** Sends each in turn; answers how many were accepted and until when the rest waits. */
async function sendAll(batches: readonly string[]): Promise<unknown[]> {
  const ends = [];
  for (const batchId of batches) {
    const plan = await scripted.send(batchId);
    const { accepted = 0 } = await scripted.world.states(batchId);
    ends.push(
      plan.kind === 'wait' ? `${accepted}, then ${plan.nextActionAt} ${plan.because.code}` : accepted,
    );
  }
  return ends;
}

describe('a campaign spread over three days', () => {
  it('sends a third a day', async () => {
    const batches = await threeDays();
    expect(await sendAll(batches)).toEqual([
      10,
      '0, then 2026-11-25T07:00:00.000Z SPREAD',
      '0, then 2026-11-26T07:00:00.000Z SPREAD',
    ]);
    scripted.clock.startAt('2026-11-25T08:00:01+01:00');
    expect((await sendAll(batches)).slice(1)).toEqual([10, '0, then 2026-11-26T07:00:00.000Z SPREAD']);
    scripted.clock.startAt('2026-11-26T08:00:01+01:00');
    expect((await sendAll(batches)).slice(2)).toEqual([10]);
  });

  it('still sends a third a day after an outage of two', async () => {
    const batches = await threeDays();
    await sendAll(batches);
    scripted.clock.startAt('2026-11-27T09:00:00+01:00');
    expect((await sendAll(batches)).slice(1)).toEqual([10, '0, then 2026-11-28T07:00:00.000Z SPREAD']);
  });

  it('begins each day at the hour chosen', async () => {
    const batches = await threeDays('10:30');
    expect(await sendAll(batches)).toEqual([
      '0, then 2026-11-24T09:30:00.000Z LOCAL_TIME',
      '0, then 2026-11-25T09:30:00.000Z SPREAD',
      '0, then 2026-11-26T09:30:00.000Z SPREAD',
    ]);
    scripted.clock.startAt('2026-11-24T10:31:00+01:00');
    expect((await sendAll(batches)).slice(0, 2)).toEqual([10, '0, then 2026-11-25T09:30:00.000Z SPREAD']);
  });
});
