import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aScriptedWorld, type ScriptedWorld } from './scripted-world.ts';

let s: ScriptedWorld;
beforeAll(async () => {
  s = await aScriptedWorld({ seats: 50 });
  await s.calm();
});
afterAll(() => s.world.close());

const pages = (batchId: string): Promise<Record<string, unknown>[]> =>
  s.world.query('SELECT seq, (ctid::text::point)[0] AS page FROM message WHERE batch_id = $1 ORDER BY seq', [
    batchId,
  ]);

describe('a campaign that is sent', () => {
  it('moves no row off its page, so that no index hears of a mark or an acceptance', async () => {
    const batchId = await s.world.shard(400);
    const ready = await pages(batchId);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 400 });
    expect(await pages(batchId)).toEqual(ready);
  });

  it('leaves that room in every partition, also in one that is made later', async () => {
    await s.world.query(`SELECT make_message_partitions('2031-05-01', 1)`);
    const partitions = await s.world.query(
      `SELECT DISTINCT c.reloptions FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'message'::regclass`,
    );
    expect(partitions).toEqual([{ reloptions: ['fillfactor=30'] }]);
  });
});
