import { beforeEach, describe, expect, it } from 'vitest';
import { precedenceAt, rank } from '../../../src/sending/pace/precedence.ts';
import { slowly, taken } from '../gateway/scripted-gateway.ts';
import { aGate, aScriptedWorld } from './scripted-world.ts';

/** More batches than this worker sends beside advertising. */
const BACKLOG = 20;
/** A wait that suffices on a busy machine. */

const s = await aScriptedWorld({ freeSlots: 2 });
beforeEach(() => s.calm());

/** Makes a batch of reminders to people who agreed to them. */
async function reminders(size: number): Promise<string> {
  const batchId = await s.world.shard(size);
  await s.world.query(`UPDATE batch SET purpose = 'appointment' WHERE id = $1`, [batchId]);
  await s.world.query(
    `UPDATE consent SET purpose = 'appointment' WHERE contact_id IN (SELECT contact_id FROM message WHERE batch_id = $1)`,
    [batchId],
  );
  return batchId;
}

async function backlog(batch: () => Promise<string>): Promise<string[]> {
  const made: string[] = [];
  while (made.length < BACKLOG) made.push(await batch());
  return made;
}

describe('a campaign at full speed', () => {
  beforeEach(() => {
    s.gateway.script = slowly(5);
  });

  it('pauses while its account’s notices are behind', async () => {
    const advertising = await s.world.shard(300);
    const reminded = await reminders(5);
    const sending = s.send(advertising);
    await expect.poll(() => s.gateway.calls.length).toBeGreaterThan(10);

    const gate = aGate();
    const underWay = Array.from({ length: BACKLOG }, () =>
      precedenceAt(s.gateway).sending(rank.notice, () => gate.opened),
    );
    await expect.poll(() => s.gateway.out).toBe(0);
    const before = s.gateway.calls.length;
    expect(before).toBeLessThan(300);
    await s.send(reminded);
    // Ten more, one after the other: beside each a connection is free, and advertising does not take it.
    for (let turn = 0; turn < 10; turn += 1) await s.send(await reminders(1));
    expect(s.gateway.calls.slice(before).map(({ call }) => call.purpose)).toEqual(
      Array.from({ length: 15 }, () => 'appointment'),
    );
    gate.open();
    await Promise.all([sending, ...underWay]);
    expect(await s.world.states(advertising)).toEqual({ accepted: 300 });
    expect(await s.world.states(reminded)).toEqual({ accepted: 5 });
  });

  it('sends nothing between waiting reminders', async () => {
    const advertising = await s.world.shard(300);
    const reminded = [await reminders(1), await reminders(1), await reminders(1)];
    const gate = aGate();
    s.gateway.script = async (call) => {
      if (s.gateway.calls.length > 10) await gate.opened;
      return taken(call);
    };
    const [held] = s.gateway.reserve(1);
    const sending = s.send(advertising);
    await expect.poll(() => s.gateway.calls.length).toBeGreaterThan(10);
    const reminding = Promise.all(reminded.map((batchId) => s.send(batchId)));
    // All of them wait for the connection before it is free.
    const owned = `SELECT 1 FROM batch WHERE id = ANY ($1) AND epoch > 0`;
    await expect.poll(() => s.world.query(owned, [reminded])).toHaveLength(3);
    await expect.poll(() => precedenceAt(s.gateway).left(10, rank.advertising)).toBe(10 - 3);
    gate.open();
    await reminding;
    const purposes = s.gateway.calls.map(({ call }) => call.purpose);
    const first = purposes.indexOf('appointment');
    expect(purposes.slice(first, first + 3)).toEqual(['appointment', 'appointment', 'appointment']);
    held?.release();
    await sending;
    expect(await s.world.states(advertising)).toEqual({ accepted: 300 });
  });

  it('goes on during look-ups of reminders', async () => {
    const gate = aGate();
    let asked = 0;
    const deps = {
      ...s.world.deps,
      composerOf: async (...about: Parameters<typeof s.world.deps.composerOf>) => {
        asked += 1;
        await gate.opened;
        return s.world.deps.composerOf(...about);
      },
    };
    const reminded = await backlog(() => reminders(1));
    const read = Promise.all(reminded.map((batchId) => s.send(batchId, { deps })));
    await expect.poll(() => asked).toBe(BACKLOG);
    expect(precedenceAt(s.gateway).isBehind(rank.advertising)).toBe(false);
    gate.open();
    await read;
  });

  it('pauses for reminders, not for trials', async () => {
    const gate = aGate();
    s.gateway.script = async (call) => {
      await gate.opened;
      return taken(call);
    };
    const trials = await backlog(() => s.world.shard(1));
    await s.world.query(
      `UPDATE batch SET kind = 'test', test_of = campaign_id, campaign_id = NULL, shard = NULL WHERE id = ANY ($1)`,
      [trials],
    );
    const tried = Promise.all(trials.map((batchId) => s.send(batchId)));
    await expect.poll(() => s.gateway.calls.length).toBe(2);
    expect(precedenceAt(s.gateway).isBehind(rank.advertising)).toBe(false);
    const reminded = await backlog(() => reminders(1));
    const sent = Promise.all(reminded.map((batchId) => s.send(batchId)));
    await expect.poll(() => precedenceAt(s.gateway).isBehind(rank.advertising)).toBe(true);
    gate.open();
    await Promise.all([tried, sent]);
  });
});
