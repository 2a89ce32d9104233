import { beforeAll, describe, expect, it } from 'vitest';
import type { Capabilities } from '../../../src/sending/gateway/gateway.ts';
import { refused, taken } from '../gateway/scripted-gateway.ts';
import { aScriptedWorld, tallyDiffers, type ScriptedWorld } from '../pace/scripted-world.ts';

const WAYS: readonly [string, Partial<Capabilities>][] = [
  ['is looked up', { lookup: 'by-key', requestTimeoutMs: 100 }],
  ['is repeated under its key', { idempotency: 'key-24h', requestTimeoutMs: 100 }],
];

describe.each(WAYS)('an unreadable message in doubt that %s', (_, capabilities) => {
  let s: ScriptedWorld;
  beforeAll(async () => {
    s = await aScriptedWorld({ freeSlots: 10, capabilities });
    s.gateway.reconcile = async () => ({ kind: 'NOT_FOUND' });
    await s.calm();
  });

  it('holds up no other of its batch', async () => {
    const batchId = await s.world.shard(2);
    s.gateway.script = (call) =>
      call.recipients[0]?.reference === `msg_${batchId}_0`
        ? { kind: 'UNKNOWN', reason: 'timeout', firstByteAt: 1, answeredAt: 2 }
        : refused('RETRYABLE', 1);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ uncertain: 1, ready: 1 });
    await s.world.query(
      `UPDATE contact SET sealed = '\\x00' WHERE id = (SELECT contact_id FROM message WHERE batch_id = $1 AND seq = 0)`,
      [batchId],
    );
    await s.world.query(
      `UPDATE submission SET marked_at = marked_at - interval '3 hours' WHERE batch_id = $1`,
      [batchId],
    );
    await s.world.query(`UPDATE message SET not_before = NULL WHERE batch_id = $1`, [batchId]);
    s.gateway.script = taken;
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ uncertain: 1, accepted: 1 });
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });
});
