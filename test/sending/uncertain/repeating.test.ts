import { beforeAll, describe, expect, it } from 'vitest';
import { taken } from '../gateway/scripted-gateway.ts';
import { aScriptedWorld, type ScriptedWorld } from '../pace/scripted-world.ts';

describe('an answer lost where a key is kept', () => {
  let s: ScriptedWorld;
  beforeAll(async () => {
    s = await aScriptedWorld({ capabilities: { idempotency: 'key-24h', lookup: 'none' } });
  });

  /** Loses the answer to one person's message so long ago; returns their batch. */
  async function lostSince(age: string): Promise<string> {
    await s.calm();
    const batchId = await s.world.shard(1);
    s.gateway.script = () => ({ kind: 'UNKNOWN', reason: 'timeout', firstByteAt: 1, answeredAt: 2 });
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ uncertain: 1 });
    await s.world.query(
      `UPDATE submission SET marked_at = clock_timestamp() - $2::interval WHERE batch_id = $1`,
      [batchId, age],
    );
    await s.world.query(`UPDATE message SET not_before = NULL WHERE batch_id = $1`, [batchId]);
    s.gateway.script = taken;
    s.gateway.calls.length = 0;
    return batchId;
  }

  it.each([
    ['is repeated before 23 hours', '22 hours 58 minutes', { accepted: 1 }, 1],
    ['is repeated no more after 23 hours', '23 hours 1 second', { uncertain: 1 }, 0],
  ])('%s', async (_, age, states, calls) => {
    const batchId = await lostSince(age);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual(states);
    expect(s.gateway.calls).toHaveLength(calls);
  });

  it.each([
    ['waits two hours for an allowed look', '1 hour 58 minutes', 'wait'],
    ['waits no longer after two hours', '2 hours 1 second', 'done'],
  ])('%s', async (_, age, kind) => {
    const batchId = await lostSince(age);
    await s.world.query(
      `UPDATE contact SET retired_at = now() WHERE id = (SELECT contact_id FROM message WHERE batch_id = $1)`,
      [batchId],
    );
    expect(await s.send(batchId)).toMatchObject({ kind });
    expect(await s.world.states(batchId)).toEqual({ uncertain: 1 });
    expect(s.gateway.calls).toHaveLength(0);
  });
});
