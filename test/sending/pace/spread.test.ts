import { beforeEach, describe, expect, it } from 'vitest';
import { aScriptedWorld } from './scripted-world.ts';

const scripted = await aScriptedWorld();
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

/** Counts the accepted messages of each batch. */
async function acceptedOf(batches: readonly string[]): Promise<number[]> {
  const counts = [];
  for (const batchId of batches) counts.push((await scripted.world.states(batchId))['accepted'] ?? 0);
  return counts;
}

/** Five people in Paris and five in La Réunion, to be written to at one hour of their own. */
async function atTheirs(localTime: string): Promise<{ paris: string; reunion: string }> {
  const { world } = scripted;
  const [paris, reunion] = [
    await world.shard(5),
    await world.shard(5, { territory: 'RE', timeZone: 'Indian/Reunion' }),
  ];
  await world.query(
    `UPDATE campaign SET spread_days = NULL, local_time = $2, launched_at = $3, start_at = NULL WHERE id = $1`,
    [world.campaignId, localTime, '2026-11-24T05:00:00+01:00'],
  );
  return { paris, reunion };
}

/** Sends each batch in turn; returns the number accepted and until when the rest waits. */
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

  it('sends a third a day after an outage', async () => {
    const batches = await threeDays();
    await sendAll(batches);
    scripted.clock.startAt('2026-11-27T09:00:00+01:00');
    expect((await sendAll(batches)).slice(1)).toEqual([10, '0, then 2026-11-28T07:00:00.000Z SPREAD']);
  });

  it('sends a third a day with two workers', async () => {
    const batches = await threeDays();
    const other = scripted.world.worker();
    const byBoth = async () => {
      await Promise.all(
        batches.flatMap((batchId) => [scripted.send(batchId), scripted.send(batchId, { deps: other })]),
      );
      return acceptedOf(batches);
    };
    expect(await byBoth()).toEqual([10, 0, 0]);
    scripted.clock.startAt('2026-11-25T08:00:01+01:00');
    expect(await byBoth()).toEqual([10, 10, 0]);
    // Two days later, whoever comes first begins the last third; there is no other left to send.
    scripted.clock.startAt('2026-11-27T08:00:01+01:00');
    expect(await byBoth()).toEqual([10, 10, 10]);
    const sent = scripted.gateway.calls.flatMap(({ call }) => call.recipients.map(({ to }) => to));
    expect([sent.length, new Set(sent).size]).toEqual([30, 30]);
  });

  it('starts no second third on one day', async () => {
    const batches = await threeDays();
    const other = scripted.world.worker();
    scripted.clock.startAt('2026-11-26T09:00:00+01:00');
    await sendAll(batches.slice(0, 1));
    await Promise.all(batches.map((batchId) => scripted.send(batchId, { deps: other })));
    expect(await acceptedOf(batches)).toEqual([10, 0, 0]);
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

describe('a campaign at ten, at the recipient’s', () => {
  it('leaves at ten in Réunion, later in Paris', async () => {
    const { paris, reunion } = await atTheirs('10:00');
    const both = [paris, reunion];
    scripted.clock.startAt('2026-11-24T06:59:00+01:00');
    expect(await sendAll(both)).toEqual([
      '0, then 2026-11-24T09:00:00.000Z LOCAL_TIME',
      '0, then 2026-11-24T06:00:00.000Z LOCAL_TIME',
    ]);
    scripted.clock.startAt('2026-11-24T07:00:00+01:00');
    expect(await sendAll(both)).toEqual(['0, then 2026-11-24T09:00:00.000Z LOCAL_TIME', 5]);
    scripted.clock.startAt('2026-11-24T10:00:00+01:00');
    expect(await sendAll(both)).toEqual([5, 5]);
  });

  it('leaves at ten where people are now', async () => {
    const { paris } = await atTheirs('10:00');
    await scripted.world.query(
      `UPDATE contact c SET territory = 'RE', time_zone = 'Indian/Reunion' FROM message m
        WHERE m.batch_id = $1 AND m.seq = 0 AND c.id = m.contact_id`,
      [paris],
    );
    scripted.clock.startAt('2026-11-24T07:30:00+01:00');
    await scripted.send(paris);
    expect(await scripted.world.states(paris)).toEqual({ accepted: 1, ready: 4 });
  });
});
