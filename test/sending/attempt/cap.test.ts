import { beforeEach, describe, expect, it } from 'vitest';
import { refused, taken } from '../gateway/scripted-gateway.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';
import { untilSent } from '../../support/until-sent.ts';

const PEOPLE = 30;

const s = await aScriptedWorld();
beforeEach(() => s.calm());

const cap = (frequency: object) =>
  s.world.query(`UPDATE tenant SET settings = jsonb_build_object('frequency', $1::jsonb)`, [
    JSON.stringify({ marketing: frequency }),
  ]);

/** A shard with the people of another one. */
async function again(batchId: string): Promise<string> {
  const other = await s.world.shard(PEOPLE);
  await s.world.query(
    `UPDATE message m SET contact_id = o.contact_id FROM message o WHERE m.batch_id = $1 AND o.batch_id = $2 AND o.seq = m.seq`,
    [other, batchId],
  );
  return other;
}

async function inNoumea(batchId: string): Promise<string> {
  const there = `territory = 'NC', time_zone = 'Pacific/Noumea'`;
  await s.world.query(`UPDATE batch SET ${there} WHERE id = $1`, [batchId]);
  await s.world.query(
    `UPDATE contact SET ${there} WHERE id IN (SELECT contact_id FROM message WHERE batch_id = $1)`,
    [batchId],
  );
  return batchId;
}

async function sent(batchId: string): Promise<Record<string, number>> {
  expect((await untilSent(() => s.send(batchId))).kind).toBe('done');
  return s.world.states(batchId);
}

describe('a cap on advertising to one person', () => {
  it('excludes the second message of a day', async () => {
    await cap({ perDay: 1 });
    const first = await s.world.shard(PEOPLE);
    expect(await sent(first)).toEqual({ accepted: PEOPLE });
    expect(await sent(await again(first))).toEqual({ excluded: PEOPLE });
    s.clock.startAt('2026-11-25T10:00:00+01:00');
    expect(await sent(await again(first))).toEqual({ accepted: PEOPLE });
  });

  it('counts thirty days, and no message that failed', async () => {
    await cap({ perMonth: 1 });
    const first = await s.world.shard(PEOPLE);
    s.gateway.script = () => refused('PERMANENT_CONTENT');
    expect(await sent(first)).toEqual({ failed: PEOPLE });
    s.gateway.script = taken;
    const second = await again(first);
    expect(await sent(second)).toEqual({ accepted: PEOPLE });
    s.clock.startAt('2026-12-10T10:00:00+01:00');
    const third = await again(first);
    expect(await sent(third)).toEqual({ excluded: PEOPLE });
    expect(await s.world.query('SELECT DISTINCT reason FROM message WHERE batch_id = $1', [third])).toEqual([
      { reason: 'FREQUENCY_CAP' },
    ]);
  });

  // Such a message may be on its way.
  it.each(['uncertain', 'submitting'])('counts what is %s', async (state) => {
    await cap({ perDay: 1 });
    const first = await s.world.shard(PEOPLE);
    await sent(first);
    await s.world.query(
      'UPDATE message SET state = $2::message_state, accepted_at = NULL, reason = $3 WHERE batch_id = $1',
      [first, state, 'TIMEOUT'],
    );
    expect(await sent(await again(first))).toEqual({ excluded: PEOPLE });
  });

  it.each([
    [
      'a trial of a campaign',
      `kind = 'test', test_of = campaign_id, campaign_id = NULL, shard = NULL`,
      { excluded: PEOPLE },
    ],
    ['no reminder of an appointment', `purpose = 'appointment'`, { accepted: PEOPLE }],
  ])('counts %s', async (_, change, states) => {
    await cap({ perDay: 1 });
    const first = await s.world.shard(PEOPLE);
    await sent(first);
    await s.world.query(`UPDATE batch SET ${change} WHERE id = $1`, [first]);
    expect(await sent(await again(first))).toEqual(states);
  });

  it('follows the recipient’s day, not Paris', async () => {
    await cap({ perDay: 1 });
    const first = await inNoumea(await s.world.shard(PEOPLE));
    s.clock.startAt('2026-11-24T19:00:00+11:00');
    expect(await sent(first)).toEqual({ accepted: PEOPLE });
    s.clock.startAt('2026-11-24T19:30:00+11:00');
    expect(await sent(await inNoumea(await again(first)))).toEqual({ excluded: PEOPLE });
    s.clock.startAt('2026-11-25T08:30:00+11:00');
    expect(await sent(await inNoumea(await again(first)))).toEqual({ accepted: PEOPLE });
  });

  it('is none unless the tenant sets one', async () => {
    await cap({});
    const first = await s.world.shard(PEOPLE);
    expect(await sent(first)).toEqual({ accepted: PEOPLE });
    expect(await sent(await again(first))).toEqual({ accepted: PEOPLE });
  });

  it('holds for two concurrent shards', async () => {
    await cap({ perDay: 1 });
    const first = await s.world.shard(PEOPLE);
    const second = await again(first);
    const [one, other] = await Promise.all([sent(first), sent(second)]);
    expect((one['accepted'] ?? 0) + (other['accepted'] ?? 0)).toBe(PEOPLE);
  });
});
