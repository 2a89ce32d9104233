import { beforeEach, describe, expect, it } from 'vitest';
import { aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';
import { untilSent } from '../../support/until-sent.ts';

const s = await aScriptedWorld();
beforeEach(() => s.calm());

const shadow = (on: boolean) => s.world.query('UPDATE tenant SET shadow = $1', [on]);

const reasons = async (batchId: string) =>
  (
    await s.world.query(
      'SELECT state::text, reason, count(*)::int AS n FROM message WHERE batch_id = $1 GROUP BY 1, 2 ORDER BY 2',
      [batchId],
    )
  ).map(({ state, reason, n }) => [state, reason, n]);

describe('a tenant in shadow', () => {
  it('decides and counts, but sends nothing', async () => {
    await shadow(true);
    const batchId = await s.world.shard(30);
    await s.world.query(
      `UPDATE contact SET retired_at = '2026-11-01' WHERE id = (SELECT contact_id FROM message WHERE batch_id = $1 AND seq = 3)`,
      [batchId],
    );
    expect(await untilSent(() => s.send(batchId))).toMatchObject({ kind: 'done' });
    expect(await reasons(batchId)).toEqual([
      ['excluded', 'NUMBER_RETIRED', 1],
      ['excluded', 'SHADOW', 29],
    ]);
    expect(s.gateway.calls).toEqual([]);
    expect(await s.world.query('SELECT 1 FROM submission WHERE batch_id = $1', [batchId])).toEqual([]);
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });

  it('keeps the window all the same', async () => {
    await shadow(true);
    const batchId = await s.world.shard(5);
    s.clock.startAt('2026-11-29T11:00:00+01:00');
    expect(await s.send(batchId)).toMatchObject({ kind: 'wait', state: 'waiting-window' });
    expect(await reasons(batchId)).toEqual([['ready', null, 5]]);
  });

  it('is sent for again once it is over', async () => {
    await shadow(false);
    const batchId = await s.world.shard(5);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
  });
});
