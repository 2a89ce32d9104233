import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { batchLock } from '../../../src/sending/batch/own.repository.ts';
import { messageId } from '../../../src/sending/message/message.repository.ts';
import { findMessage } from '../../../src/sending/message/message-view.ts';
import { Rates } from '../../../src/sending/pace/rate.ts';
import { refused, slowly, taken } from '../gateway/scripted-gateway.ts';
import { aGate, aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';
import { untilSent } from '../../support/until-sent.ts';

const SEATS = 20;

const s = await aScriptedWorld({ freeSlots: SEATS });
beforeEach(() => s.calm());
afterEach(() => {
  if (s.gateway.out !== 0) throw new Error(`${s.gateway.out} connections were not given back`);
});

const contactOf = async (batchId: string, seq: number): Promise<unknown> =>
  (
    await s.world.query('SELECT contact_id FROM message WHERE batch_id = $1 AND seq = $2', [batchId, seq])
  )[0]?.['contact_id'];

/** Counts marks that wait for the lock of the batch. */
async function waitsForBatch(): Promise<number> {
  const [row] = await s.world.query(
    `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return Number(row?.['n']);
}

describe('an attempt, when something changes while it sends', () => {
  const orders = {
    'the campaign is paused': [
      `UPDATE campaign SET status = 'paused'`,
      `UPDATE campaign SET status = 'running'`,
    ],
    'the campaign is cancelled': [
      `UPDATE campaign SET status = 'cancelled', ended_at = '2026-11-24'`,
      `UPDATE campaign SET status = 'running', ended_at = NULL`,
    ],
    'the campaign is changed': [`UPDATE campaign SET revision = revision + 1`, `SELECT 1`],
    'the tenant is halted': [
      `UPDATE tenant SET halted = true, halt_reason = 'essai'`,
      `UPDATE tenant SET halted = false, halt_reason = NULL`,
    ],
    'the account is halted for all': [
      `UPDATE gateway_account SET halted = true, halt_reason = 'essai'`,
      `UPDATE gateway_account SET halted = false, halt_reason = NULL`,
    ],
    'the account is halted for this tenant': [
      `INSERT INTO gateway_halt SELECT t.id, g.id, 'essai', '2026-11-24' FROM tenant t, gateway_account g`,
      `DELETE FROM gateway_halt`,
    ],
    'the instance is sealed': [
      `UPDATE instance SET sealed = true, sealed_why = 'essai'`,
      `UPDATE instance SET sealed = false, sealed_why = NULL`,
    ],
    'the clock is being moved': [`UPDATE instance SET moving = true`, `UPDATE instance SET moving = false`],
    'the clock has moved': [
      `UPDATE instance SET clock_revision = 2`,
      `UPDATE instance SET clock_revision = 1`,
    ],
    'another attempt owns the batch': [`UPDATE batch SET epoch = epoch + 1`, `SELECT 1`],
  } as const;

  it.each(Object.entries(orders))('marks nobody after %s', async (_, [closes, opens]) => {
    const batchId = await s.world.shard(60);
    s.gateway.script = async (call) => {
      if (s.gateway.calls.length === 1) await s.world.query(closes);
      return taken(call);
    };
    // One connection: the second mark can only come after the first answer.
    const others = s.gateway.reserve(SEATS - 1);
    try {
      await s.send(batchId);
    } finally {
      await s.world.query(opens);
      for (const slot of others) slot.release();
    }
    expect(s.gateway.calls).toHaveLength(1);
    expect(await s.world.states(batchId)).toEqual({ accepted: 1, ready: 59 });
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });

  it('marks nobody under a doubted clock', async () => {
    const batchId = await s.world.shard(200);
    s.gateway.script = (call) => {
      s.clock.doubts = 'the wall clock jumped';
      return taken(call);
    };
    const plan = await s.send(batchId);
    expect(s.gateway.calls.length).toBeLessThanOrEqual(2 * SEATS);
    expect(plan).toMatchObject({ kind: 'wait', because: { code: 'CLOCK_DOUBT' } });
  });

  it('marks nobody when clocks differ two seconds', async () => {
    const batchId = await s.world.shard(5);
    s.clock.aheadMs = 2_500;
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
  });

  it('marks nobody under a verdict over 30 s', async () => {
    const batchId = await s.world.shard(5);
    class SlowRates extends Rates {
      override async take(...asked: Parameters<Rates['take']>): ReturnType<Rates['take']> {
        s.clock.skippedMs += 31_000;
        return super.take(...asked);
      }
    }
    const rates = new SlowRates({ renew: async () => 1, giveBack: async () => undefined }, s.clock, 3_000);
    const signal = AbortSignal.timeout(700);
    await s.send(batchId, { deps: { ...s.world.deps, rates }, signal });
    expect(await s.world.states(batchId)).toEqual({ ready: 5 });
  });

  it('writes nothing under a half-second-old token', async () => {
    const batchId = await s.world.shard(40);
    const late: number[] = [];
    let stalls = 3;
    class StalledRates extends Rates {
      override async take(...asked: Parameters<Rates['take']>): ReturnType<Rates['take']> {
        const tokens = await super.take(...asked);
        if (tokens.length > 0 && stalls-- > 0) s.clock.skippedMs += 600;
        return tokens.map((token) => {
          const wrote = (at: number): void => {
            late.push(at - token.due);
            token.wrote(at);
          };
          return Object.assign({}, token, { wrote });
        });
      }
    }
    const rates = new StalledRates(
      { renew: async () => 200, giveBack: async () => undefined },
      s.clock,
      3_000,
    );
    await s.world.query('UPDATE campaign SET rate_per_second = 200 WHERE id = $1', [s.world.campaignId]);
    try {
      await s.send(batchId, { deps: { ...s.world.deps, rates } });
    } finally {
      await s.world.query('UPDATE campaign SET rate_per_second = NULL WHERE id = $1', [s.world.campaignId]);
    }
    expect(stalls).toBeLessThanOrEqual(0);
    expect(late).toHaveLength(40);
    expect(Math.max(...late)).toBeLessThan(500);
    expect(await s.world.states(batchId)).toEqual({ accepted: 40 });
  });

  it('writes nothing 250 ms after its look', async () => {
    const batchId = await s.world.shard(30);
    const holder = new Client({ connectionString: s.world.appUrl });
    await holder.connect();
    const reading = s.world.deps.ledger.read.bind(s.world.deps.ledger);
    const { opened: held, open } = aGate();
    // Taken after the batch is owned and its first page read: the first mark alone waits.
    s.world.deps.ledger.read = async (...asked) => {
      const page = await reading(...asked);
      await holder.query('SELECT pg_advisory_lock($1)', [batchLock(batchId)]);
      s.world.deps.ledger.read = reading;
      open();
      return page;
    };
    try {
      const sending = s.send(batchId);
      await held;
      await expect.poll(() => waitsForBatch()).toBeGreaterThan(0);
      s.clock.skippedMs += 400;
      expect(s.gateway.calls).toHaveLength(0);
      await holder.query('SELECT pg_advisory_unlock($1)', [batchLock(batchId)]);
      await sending;
    } finally {
      await holder.end();
    }
    await s.send(batchId);
    const [marks] = await s.world.query(
      `SELECT sum(delta) FILTER (WHERE delta > 0)::int AS n FROM tally WHERE batch_id = $1 AND state = 'submitting'`,
      [batchId],
    );
    expect(marks?.['n']).toBeGreaterThan(30);
    expect(await s.world.states(batchId)).toEqual({ accepted: 30 });
    expect(new Set(s.gateway.calls.map(({ call }) => call.recipients[0]?.reference)).size).toBe(30);
    expect(s.gateway.calls).toHaveLength(30);
    expect(
      await s.world.query('SELECT count(*)::int AS n FROM submission WHERE batch_id = $1', [batchId]),
    ).toEqual([{ n: 30 }]);
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });

  it('gathers answers and marks nobody once stopping', async () => {
    const batchId = await s.world.shard(300);
    const stop = new AbortController();
    const late = slowly(150);
    s.gateway.script = (...called) => {
      stop.abort();
      return late(...called);
    };
    await s.send(batchId, { signal: stop.signal });
    const sent = s.gateway.calls.length;
    expect(sent).toBeLessThanOrEqual(2 * SEATS);
    expect(await s.world.states(batchId)).toEqual({ accepted: sent, ready: 300 - sent });
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });
});

describe('an attempt, among people who cannot be written to', () => {
  it('excludes the erased and sends to the others', async () => {
    const batchId = await s.world.shard(12);
    await s.world.query('DELETE FROM contact_key WHERE contact_id = $1', [await contactOf(batchId, 3)]);
    await s.world.query('UPDATE message SET contact_id = NULL WHERE batch_id = $1 AND seq = 7', [batchId]);
    expect((await untilSent(() => s.send(batchId))).kind).toBe('done');
    expect(await s.world.states(batchId)).toEqual({ accepted: 10, excluded: 2 });
    expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });

  it('skips one unreadable person and reports it', async () => {
    const batchId = await s.world.shard(12);
    await s.world.query(`UPDATE contact SET sealed = '\\x00' WHERE id = $1`, [await contactOf(batchId, 3)]);
    const plan = await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 11, ready: 1 });
    expect((await s.send(batchId)).kind).toBe('wait');
    expect(await s.send(batchId)).toMatchObject({ state: 'parked', because: { code: 'TEXT_CANNOT_RENDER' } });
    expect(plan.kind).not.toBe('done');
  });

  it('parks for an unknown time zone', async () => {
    const batchId = await s.world.shard(3);
    await s.world.query(`UPDATE contact SET time_zone = 'Mars/Phobos' WHERE id = $1`, [
      await contactOf(batchId, 1),
    ]);
    await s.send(batchId);
    const plan = await s.send(batchId);
    expect(plan).toMatchObject({ kind: 'wait', state: 'parked' });
    expect(plan.kind === 'wait' && plan.waitMs).toBeGreaterThan(1_000);
    expect(await s.world.states(batchId)).toEqual({ accepted: 2, ready: 1 });
  });

  it('decides again for somebody who moved', async () => {
    // Eight in the evening in Réunion is five in the afternoon in Paris.
    s.clock.startAt('2026-11-24T17:30:00+01:00');
    const batchId = await s.world.shard(3);
    await s.world.query(`UPDATE contact SET territory = 'RE', time_zone = 'Indian/Reunion' WHERE id = $1`, [
      await contactOf(batchId, 1),
    ]);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 2, ready: 1 });
    expect(await s.send(batchId)).toMatchObject({ kind: 'wait', state: 'waiting-window' });
  });
});

describe('an attempt, at an operator that refuses or fails', () => {
  it('waits as long as the operator asked', async () => {
    const batchId = await s.world.shard(500);
    s.gateway.script = () => refused('THROTTLED', 30_000);
    const plan = await s.send(batchId);
    expect(plan).toMatchObject({ kind: 'wait', because: { code: 'THROTTLED' } });
    expect(plan.kind === 'wait' && plan.waitMs).toBeGreaterThan(25_000);
    expect(s.gateway.calls.length).toBeLessThanOrEqual(3 * SEATS);
    expect(await s.world.states(batchId)).toEqual({ ready: 500 });
  });

  it.each(['CREDIT', 'CONFIG'] as const)('parks the campaign on %s', async (errorClass) => {
    const batchId = await s.world.shard(100);
    s.gateway.script = () => refused(errorClass);
    expect(await s.send(batchId)).toMatchObject({ kind: 'wait', state: 'parked' });
    expect(
      await s.world.query('SELECT status, parked_because FROM campaign WHERE id = $1', [s.world.campaignId]),
    ).toEqual([{ status: 'parked', parked_because: errorClass }]);
    expect(await s.world.states(batchId)).toEqual({ ready: 100 });
  });

  it('tries a failing operator with one message', async () => {
    const batchId = await s.world.shard(1_000);
    s.gateway.script = () => ({ kind: 'UNKNOWN', reason: '5xx', firstByteAt: 1, answeredAt: 2 });
    await s.send(batchId);
    const first = s.gateway.calls.length;
    expect(first).toBeLessThanOrEqual(20 + 2 * SEATS);
    const plan = await s.send(batchId);
    expect(plan).toMatchObject({ kind: 'wait', because: { code: 'OPERATOR_FAILS' } });
    expect(plan.kind === 'wait' && plan.waitMs).toBeLessThanOrEqual(3_000);
    expect(s.gateway.calls.length).toBe(first);
    s.clock.skippedMs += 3_100;
    await s.send(batchId);
    expect(s.gateway.calls.length).toBe(first + 1);
    s.clock.skippedMs += 3_100;
    s.gateway.script = taken;
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ uncertain: first + 1, accepted: 999 - first });
  });

  it('counts calls of a broken gateway as uncertain', async () => {
    const batchId = await s.world.shard(40);
    s.gateway.script = () => {
      throw new TypeError('an answer of a new kind');
    };
    await expect(s.send(batchId)).rejects.toThrow('an answer of a new kind');
    const states = await s.world.states(batchId);
    expect(states['uncertain']).toBe(s.gateway.calls.length);
    expect(states['submitting']).toBeUndefined();
    s.gateway.script = taken;
    s.clock.skippedMs += 3_100;
    await s.send(batchId);
  });

  it('parks for an account this worker lacks', async () => {
    const batchId = await s.world.shard(2);
    const plan = await s.send(batchId, { deps: { ...s.world.deps, accounts: { byId: () => undefined } } });
    expect(plan).toMatchObject({ kind: 'wait', state: 'parked', because: { code: 'CONFIG' } });
  });
});

describe('an attempt at a call for several people', () => {
  it('keeps one acceptance a person for shared tickets', async () => {
    const batchId = await s.world.shard(6);
    const capabilities = { ...s.gateway.capabilities, maxRecipients: 10 };
    const gateway = { ...s.gateway, capabilities };
    gateway.script = taken;
    s.gateway.script = (call) => ({
      kind: 'ACCEPTED',
      perRecipient: call.recipients.map(({ to }) => ({ to, ticket: `t-${call.key}` })),
      rejected: [],
      firstByteAt: 1,
      answeredAt: 2,
    });
    const known = s.world.deps.accounts.byId(s.world.accountId);
    if (known === undefined) throw new Error('no account');
    const accounts = { byId: () => ({ ...known, gateway: { ...s.gateway, capabilities } }) };
    await s.send(batchId, { deps: { ...s.world.deps, accounts } });
    expect(await s.world.states(batchId)).toEqual({ accepted: 6 });
    const [row] = await s.world.query(
      'SELECT count(*)::int AS n, count(DISTINCT gateway_id)::int AS ids FROM acceptance WHERE batch_id = $1',
      [batchId],
    );
    expect(row?.['n']).toBe(6);
    expect(row?.['ids']).toBeLessThan(6);
  });

  it('records for each what the operator said', async () => {
    const batchId = await s.world.shard(3);
    const capabilities = { ...s.gateway.capabilities, maxRecipients: 10 };
    const known = s.world.deps.accounts.byId(s.world.accountId);
    if (known === undefined) throw new Error('no account');
    const accounts = { byId: () => ({ ...known, gateway: { ...s.gateway, capabilities } }) };
    s.gateway.script = ({ key, recipients: [one, other] }) => ({
      kind: 'ACCEPTED',
      perRecipient: one === undefined ? [] : [{ to: one.to, ticket: `t-${key}` }],
      rejected: other === undefined ? [] : [{ to: other.to, errorClass: 'PERMANENT_CONTENT', code: 'C' }],
      firstByteAt: 1,
      answeredAt: 2,
    });
    await s.send(batchId, { deps: { ...s.world.deps, accounts } });
    expect(await s.world.states(batchId)).toEqual({ accepted: 1, failed: 1, uncertain: 1 });
    // Nobody can say of a call that it was refused while one of its messages is unheard of.
    expect(await s.world.query('SELECT outcome FROM submission WHERE batch_id = $1', [batchId])).toEqual([
      { outcome: 'unknown' },
    ]);
    const stories = await s.world.database.withTenant(s.world.tenantId, async (tx) => {
      const keys = await s.world.deps.keysOf(s.world.tenantId);
      const names = [0, 1, 2].map((seq) => messageId({ batchId, seq }));
      const found = await Promise.all(names.map((name) => findMessage(tx, keys, name)));
      return found.map((one) => one?.view.timeline.map(({ event }) => event).join(' '));
    });
    expect(new Set(stories)).toEqual(
      new Set(['made marked first-byte answered accepted', 'made marked lost', 'made marked refused ended']),
    );
  });
});
