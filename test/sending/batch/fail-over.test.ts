import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reconciled, SubmitResult } from '../../../src/sending/gateway/gateway.ts';
import { aScriptedGateway, refused, taken, type ScriptedGateway } from '../gateway/scripted-gateway.ts';
import { aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';

const MINUTE = 60_000;
const CREDIT = refused('CREDIT');
const unknown = (): SubmitResult => ({
  kind: 'UNKNOWN',
  reason: 'timeout',
  firstByteAt: Date.now(),
  answeredAt: Date.now(),
});

const s = await aScriptedWorld({ price: { perPart: '0.05', currency: 'EUR' } });
const spare: ScriptedGateway = Object.assign(aScriptedGateway(), { name: 'other' });
const priceAt = () => ({ perPart: '0.07', currency: 'EUR' });
const spareId = await s.world.account({ gateway: spare, stopCode: '36190', priceAt });
beforeEach(async () => {
  await s.calm();
  spare.script = taken;
  spare.calls.length = 0;
  await routesAre(['marketing']);
  await s.world.query(`UPDATE gateway_account SET state = 'up', halted = false, halt_reason = NULL`);
});
afterEach(async () => {
  // What a test made of a circuit is no lesson for the next.
  spare.script = taken;
});

/** The route of advertising, and whether its campaigns take the next account by themselves. */
const routesAre = (failOver: readonly string[], marketing = ['sandbox', 'other']) =>
  s.world.query(`UPDATE tenant SET settings = jsonb_build_object('routes', $1::jsonb)`, [
    JSON.stringify({ failOver, marketing }),
  ]);

/** A shard of a campaign that follows the routes of its tenant. */
async function shard(size: number): Promise<string> {
  const batchId = await s.world.shard(size);
  await s.world.query('UPDATE batch SET routed = true WHERE id = $1', [batchId]);
  return batchId;
}

/** Sends until nothing more happens by itself, a few times at most. */
async function sendAll(batchId: string, turns = 12): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    const plan = await s.send(batchId);
    if (plan.kind === 'done' || (plan.kind === 'wait' && plan.state === 'parked')) return;
    // What was refused is tried again at once, as if its time had come.
    await s.world.query('UPDATE message SET not_before = NULL WHERE batch_id = $1', [batchId]);
  }
}

/** Gives the campaign another text; returns the sealed one before. */
async function textIs(text: string): Promise<unknown> {
  const { campaignId, keys } = s.world;
  const [before] = await s.world.query('SELECT sealed FROM campaign WHERE id = $1', [campaignId]);
  const sealed = keys.seal({ table: 'campaign', column: 'sealed', row: campaignId }, text);
  await s.world.query('UPDATE campaign SET sealed = $2 WHERE id = $1', [campaignId, sealed]);
  return before?.['sealed'];
}

const accountOf = async (batchId: string) =>
  (await s.world.query('SELECT account_id, former, price FROM batch WHERE id = $1', [batchId]))[0];
const status = async () =>
  (await s.world.query('SELECT status FROM campaign WHERE id = $1', [s.world.campaignId]))[0]?.['status'];
const people = () => [...s.gateway.calls, ...spare.calls].map(({ call }) => call.recipients[0]?.to);

describe('a batch whose account refuses to send', () => {
  it('leaves through the next account, each person once', async () => {
    s.gateway.script = () => CREDIT;
    const batchId = await shard(30);
    await sendAll(batchId);

    expect(await s.world.states(batchId)).toEqual({ accepted: 30 });
    expect(spare.calls).toHaveLength(30);
    expect(spare.calls.every(({ call }) => call.text.endsWith('STOP au 36190'))).toBe(true);
    expect(await accountOf(batchId)).toEqual({
      account_id: spareId,
      former: [s.world.accountId],
      price: '0.07',
    });
    expect(await status()).toBe('running');
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
    const told = await s.world.query('SELECT state FROM gateway_account WHERE id = $1', [s.world.accountId]);
    expect(told).toEqual([{ state: 'credit' }]);
  });

  it.each<[string, (batchId: string) => Promise<unknown>]>([
    ['nobody said that its purpose may', () => routesAre(['renewal'])],
    [
      'its account was asked for by name',
      (batchId) => s.world.query('UPDATE batch SET routed = false WHERE id = $1', [batchId]),
    ],
    [
      'the other is down as well',
      () => s.world.query(`UPDATE gateway_account SET state = 'credit' WHERE id = $1`, [spareId]),
    ],
    [
      'the other is halted',
      () =>
        s.world.query('UPDATE gateway_account SET halted = true, halt_reason = $2 WHERE id = $1', [
          spareId,
          'strike',
        ]),
    ],
  ])('waits for a person when %s', async (_why, prepare) => {
    const batchId = await shard(3);
    await prepare(batchId);
    s.gateway.script = () => CREDIT;
    await sendAll(batchId);

    expect(await s.world.states(batchId)).toEqual({ ready: 3 });
    expect(await status()).toBe('parked');
    expect(spare.calls).toEqual([]);
  });

  it('waits when the other has no opt-out path', async () => {
    const mute = Object.assign(aScriptedGateway(), { name: 'mute' });
    await s.world.account({ gateway: mute, stopCode: undefined });
    await routesAre(['marketing'], ['sandbox', 'mute']);
    s.gateway.script = () => CREDIT;
    const batchId = await shard(3);
    await sendAll(batchId);

    expect([await s.world.states(batchId), await status()]).toEqual([{ ready: 3 }, 'parked']);
    expect(mute.calls).toEqual([]);
  });

  it('waits when the other cannot receive replies', async () => {
    const deaf = aScriptedGateway({ capabilities: { canReceive: false } });
    await s.world.account({ gateway: Object.assign(deaf, { name: 'deaf' }), stopCode: '36190' });
    await routesAre(['marketing'], ['sandbox', 'deaf']);
    s.gateway.script = () => CREDIT;
    const batchId = await shard(3);
    const written = await textIs('{brand} : -20 %. Répondez STOP pour ne plus rien recevoir. {stop}');
    await sendAll(batchId);
    await s.world.query('UPDATE campaign SET sealed = $2 WHERE id = $1', [s.world.campaignId, written]);

    expect([await s.world.states(batchId), await status()]).toEqual([{ ready: 3 }, 'parked']);
    expect(deaf.calls).toEqual([]);
  });

  it('waits when the other cannot reach everybody', async () => {
    const mainland = Object.assign(aScriptedGateway(), { name: 'mainland' });
    await s.world.account({ gateway: mainland, stopCode: { FR: '36190' } });
    await routesAre(['marketing'], ['sandbox', 'mainland']);
    s.gateway.script = () => CREDIT;
    const batchId = await shard(501);
    await s.world.query(
      `UPDATE contact SET territory = 'RE', time_zone = 'Indian/Reunion'
        WHERE id = (SELECT contact_id FROM message WHERE batch_id = $1 AND seq = 500)`,
      [batchId],
    );
    await sendAll(batchId, 4);

    expect([await s.world.states(batchId), await status()]).toEqual([{ ready: 501 }, 'parked']);
    expect(mainland.calls).toEqual([]);
  });

  it('returns when the other one fails', async () => {
    s.gateway.script = () => CREDIT;
    const batchId = await shard(4);
    await sendAll(batchId, 1);
    await s.world.query(`UPDATE gateway_account SET state = 'up'`);
    s.gateway.script = taken;
    spare.script = () => refused('CONFIG');
    await sendAll(batchId);

    expect(await s.world.states(batchId)).toEqual({ accepted: 4 });
    expect(await accountOf(batchId)).toMatchObject({ account_id: s.world.accountId, former: [spareId] });
  });
});

describe('I1, a message in doubt', () => {
  it('stays with the account that may have it', async () => {
    let calls = 0;
    s.gateway.script = () => {
      calls += 1;
      return calls === 1 ? unknown() : CREDIT;
    };
    const batchId = await shard(12);
    await sendAll(batchId);

    expect(await s.world.states(batchId)).toEqual({ accepted: 11, uncertain: 1 });
    const doubtful = s.gateway.calls[0]?.call.recipients[0]?.to;
    expect(spare.calls.map(({ call }) => call.recipients[0]?.to)).not.toContain(doubtful);
  });

  // That the next account knows nothing of it proves nothing.
  it('is looked up at its own account only', async () => {
    const looked: string[] = [];
    const asks = (gateway: ScriptedGateway, kind: 'UNDECIDABLE' | 'NOT_FOUND') => {
      Object.assign(gateway.capabilities, { lookup: 'by-key' });
      gateway.reconcile = async ({ recipients }) => {
        looked.push(`${gateway.name} ${recipients[0]?.to ?? ''}`);
        return kind === 'NOT_FOUND' ? { kind } : { kind, reason: 'unreachable' };
      };
    };
    asks(s.gateway, 'UNDECIDABLE');
    asks(spare, 'NOT_FOUND');
    let calls = 0;
    s.gateway.script = () => {
      calls += 1;
      return calls === 1 ? unknown() : CREDIT;
    };
    const batchId = await shard(6);
    await sendAll(batchId);
    // Long after: not found would be a proof by now.
    await s.world.query(
      `UPDATE submission SET marked_at = marked_at - interval '1 day' WHERE batch_id = $1`,
      [batchId],
    );
    await sendAll(batchId, 3);

    expect(await s.world.states(batchId)).toEqual({ accepted: 5, uncertain: 1 });
    expect(looked.length).toBeGreaterThan(0);
    expect(looked.filter((asked) => asked.startsWith('other'))).toEqual([]);
    for (const gateway of [s.gateway, spare]) Object.assign(gateway.capabilities, { lookup: 'none' });
  });
});

describe('I11, a doubt from before another account took the batch', () => {
  it('gets its original cost back', async () => {
    await s.world.query('UPDATE campaign SET budget = 100, price = 0.05 WHERE id = $1', [s.world.campaignId]);
    let answer: Reconciled = { kind: 'UNDECIDABLE', reason: 'not-yet' };
    s.gateway.reconcile = async () => answer;
    Object.assign(s.gateway.capabilities, { lookup: 'by-key' });
    s.gateway.script = () => (s.gateway.calls.length === 1 ? unknown() : CREDIT);
    const batchId = await shard(6);
    await sendAll(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 5, uncertain: 1 });

    answer = { kind: 'NOT_FOUND' };
    await s.world.query(
      `UPDATE submission SET marked_at = marked_at - interval '1 day' WHERE batch_id = $1`,
      [batchId],
    );
    await sendAll(batchId);
    Object.assign(s.gateway.capabilities, { lookup: 'none' });
    expect(await s.world.states(batchId)).toEqual({ accepted: 6 });
    const [spent] = await s.world.query(
      `SELECT spent::float8 AS spent, (SELECT sum(parts) * 0.07 FROM message WHERE batch_id = b.id)::float8 AS owed FROM batch b WHERE id = $1`,
      [batchId],
    );
    expect(spent?.['spent']).toBeCloseTo(Number(spent?.['owed']), 6);
    await s.world.query('UPDATE campaign SET budget = NULL, price = NULL WHERE id = $1', [
      s.world.campaignId,
    ]);
  });
});

describe('I11, a campaign with a budget', () => {
  it.each([
    ['has no price', undefined],
    ['counts in another currency', { perPart: '0.07', currency: 'USD' }],
  ])('waits when the other %s', async (what, price) => {
    const unpriced = Object.assign(aScriptedGateway(), { name: what });
    await s.world.account({
      gateway: unpriced,
      stopCode: '36190',
      ...(price !== undefined && { priceAt: () => price }),
    });
    await routesAre(['marketing'], ['sandbox', what]);
    await s.world.query('UPDATE campaign SET budget = 100, price = 0.05 WHERE id = $1', [s.world.campaignId]);
    s.gateway.script = () => CREDIT;
    const batchId = await shard(2);
    await sendAll(batchId);
    await s.world.query('UPDATE campaign SET budget = NULL, price = NULL WHERE id = $1', [
      s.world.campaignId,
    ]);

    expect([await s.world.states(batchId), await status()]).toEqual([{ ready: 2 }, 'parked']);
    expect(unpriced.calls).toEqual([]);
  });
});

describe('an account that lets nothing through', () => {
  it('is awaited a minute, then replaced', async () => {
    // No connection at all: nothing is ever written to it.
    const connected = { ...s.gateway };
    Object.assign(s.gateway, { freeSlots: () => 0, reserve: () => [] });
    const batchId = await shard(5);
    const soon = setInterval(() => {
      s.clock.skippedMs += MINUTE / 4;
    }, 40);
    await sendAll(batchId, 6);
    clearInterval(soon);
    Object.assign(s.gateway, connected);

    expect(await s.world.states(batchId)).toEqual({ accepted: 5 });
    expect([s.gateway.calls.length, spare.calls.length]).toEqual([0, 5]);
    expect(new Set(people()).size).toBe(5);
  });
});
