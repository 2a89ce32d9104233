import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aScriptedWorld, type ScriptedWorld } from './scripted-world.ts';

let s: ScriptedWorld;
beforeAll(async () => {
  s = await aScriptedWorld();
});
afterAll(() => s.world.close());
beforeEach(() => s.calm());

/** Five people on whom a draft is tried, as one batch. */
async function aTrial(): Promise<string> {
  const batchId = await s.world.shard(5);
  await s.world.query(
    `UPDATE batch SET kind = 'test', test_of = campaign_id, campaign_id = NULL, shard = NULL WHERE id = $1`,
    [batchId],
  );
  await s.world.query(`UPDATE campaign SET status = 'draft' WHERE id = $1`, [s.world.campaignId]);
  return batchId;
}

describe('a draft tried on five people', () => {
  it('is sent, and the trial is over', async () => {
    const batchId = await aTrial();
    expect((await s.send(batchId)).kind).toBe('done');
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
    expect(await s.world.query('SELECT state FROM batch WHERE id = $1', [batchId])).toEqual([
      { state: 'done' },
    ]);
  });

  it('passes over whoever said stop', async () => {
    const batchId = await aTrial();
    await s.world.query(
      `UPDATE consent SET sendable = false, why = 'CONSENT_WITHDRAWN'
        WHERE contact_id = (SELECT contact_id FROM message WHERE batch_id = $1 AND seq = 2)`,
      [batchId],
    );
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 4, excluded: 1 });
  });

  it('waits for the window like everybody else', async () => {
    const batchId = await aTrial();
    s.clock.startAt('2026-11-22T10:00:00+01:00');
    expect(await s.send(batchId)).toMatchObject({ kind: 'wait', because: { code: 'SUNDAY' } });
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
  });
});
