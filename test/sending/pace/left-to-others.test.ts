import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { beating } from '../../../activities/attempt.ts';
import { sendAll } from '../../support/until-sent.ts';
import { taken } from '../gateway/scripted-gateway.ts';
import { aGate, aScriptedWorld } from './scripted-world.ts';

const PEOPLE = 40;
const NEVER = new AbortController().signal;

const s = await aScriptedWorld();

describe('I1, a worker that leaves its work to another in the middle of a chunk', () => {
  it('reaches nobody twice and loses nobody', async () => {
    await s.calm();
    const batchId = await s.world.shard(PEOPLE);
    const left = new AbortController();
    const answer = aGate();
    s.gateway.script = async (call) => {
      await answer.opened;
      return taken(call);
    };
    let over: Promise<unknown> = Promise.resolve();
    const leaving = new MockActivityEnvironment({}).run(() =>
      beating({ stopping: NEVER, leaves: () => left.signal }, ({ signal }) => {
        over = s.send(batchId, { signal });
        return over;
      }),
    );
    await expect.poll(() => s.gateway.calls.length).toBeGreaterThan(0);
    left.abort();
    await expect(leaving).rejects.toMatchObject({ type: 'SLOW_HERE' });
    const before = s.gateway.calls.length;
    expect(await s.world.states(batchId)).toMatchObject({ submitting: expect.any(Number) });

    s.gateway.script = taken;
    const request = { tenantId: s.world.tenantId, batchId, signal: NEVER };
    const other = sendAll(s.world.deps, request);
    // Nobody knows yet of those whom the first attempt wrote to: they are not written to again.
    await expect.poll(() => s.world.states(batchId)).toMatchObject({ uncertain: before });
    answer.open();
    await over.catch(() => undefined);
    await other;
    await sendAll(s.world.deps, request);

    expect(await s.world.states(batchId)).toEqual({ accepted: PEOPLE });
    const reached = s.gateway.calls.flatMap(({ call }) => call.recipients.map(({ to }) => to));
    expect(reached).toHaveLength(PEOPLE);
    expect(new Set(reached).size).toBe(PEOPLE);
  });
});
