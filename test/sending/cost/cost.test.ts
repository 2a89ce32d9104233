import { DateTime } from 'luxon';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  costByMonth,
  costOfCampaign,
  costOfCampaignAtOnce,
} from '../../../src/sending/cost/cost.repository.ts';
import { recordOutcomes, type Outcome } from '../../../src/sending/attempt/outcome.repository.ts';
import { resolveByPerson } from '../../../src/sending/uncertain/uncertain.repository.ts';
import { micros } from '../../../src/sms/money.ts';
import { cases } from '../../support/cases.ts';
import { seeded } from '../../support/seed.ts';
import { aScriptedGateway, refused, taken } from '../gateway/scripted-gateway.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';

const PRICE = '0.055';
const LOST = { kind: 'UNKNOWN', reason: 'timeout', firstByteAt: 1, answeredAt: 2 } as const;
const UNWRITTEN = { kind: 'NOT_WRITTEN', reason: 'too-late' } as const;

const s = await aScriptedWorld({ freeSlots: 20, budget: { amount: '1000', price: PRICE } });
beforeEach(() => s.calm());

const cost = () =>
  s.world.database.withTenant(s.world.tenantId, (tx) => costOfCampaign(tx, s.world.campaignId));

interface Sums {
  readonly reserved: bigint;
  readonly spent: bigint;
  readonly refunded: bigint;
}

const sums = async (): Promise<Sums> => {
  const [total] = (await cost()).totals;
  const of = (kind: 'reserved' | 'spent' | 'refunded'): bigint => micros(total?.[kind].amount ?? '0');
  return { reserved: of('reserved'), spent: of('spent'), refunded: of('refunded') };
};

const since = async (before: Sums): Promise<Sums> => {
  const now = await sums();
  return {
    reserved: now.reserved - before.reserved,
    spent: now.spent - before.spent,
    refunded: now.refunded - before.refunded,
  };
};

const months = (month: string) =>
  s.world.database.withTenant(s.world.tenantId, (tx) => {
    const from = DateTime.fromISO(month, { zone: 'Europe/Paris' });
    const [start, end] = [from.toISO() ?? '', from.plus({ months: 1 }).toISO() ?? ''];
    return costByMonth(tx, { from: start, to: end, zone: 'Europe/Paris', purpose: 'marketing' });
  });

const parts = (many: number): bigint => micros(PRICE) * BigInt(many);

describe('what messages cost', () => {
  it.each([
    ['spent once the operator took them', () => taken, { reserved: 0n, spent: parts(6), refunded: 0n }],
    ['reserved while nobody knows', () => () => LOST, { reserved: parts(6), spent: 0n, refunded: 0n }],
    [
      'refunded where the operator refused them',
      () => () => refused('PERMANENT_RECIPIENT'),
      { reserved: 0n, spent: 0n, refunded: parts(6) },
    ],
  ] as const)('is %s', async (_, script, expected) => {
    const before = await sums();
    s.gateway.script = script();
    await s.send(await s.world.shard(6));
    expect(await since(before)).toEqual(expected);
  });

  it('is nothing for what was never written', async () => {
    const before = await sums();
    const unwritten = new Set<string>();
    s.gateway.script = (call) => {
      const [to = ''] = call.recipients.map((one) => one.to);
      if (unwritten.has(to)) return taken(call);
      unwritten.add(to);
      return UNWRITTEN;
    };
    const batchId = await s.world.shard(5);
    while ((await s.world.states(batchId))['accepted'] !== 5) await s.send(batchId);
    expect(await since(before)).toEqual({ reserved: 0n, spent: parts(5), refunded: 0n });
  });

  it.each([
    ['accepted', { reserved: 0n, spent: parts(4), refunded: 0n }],
    ['not-accepted', { reserved: 0n, spent: 0n, refunded: parts(4) }],
  ] as const)('is what a person found out: %s', async (outcome, expected) => {
    const before = await sums();
    s.gateway.script = () => LOST;
    const batchId = await s.world.shard(4);
    await s.send(batchId);
    await s.world.database.withTenant(s.world.tenantId, (tx) =>
      resolveByPerson(tx, {
        messages: Array.from({ length: 4 }, (_, seq) => ({ batchId, seq })),
        outcome,
        at: s.clock.now().toISO(),
      }),
    );
    expect(await since(before)).toEqual(expected);
  });

  it('is the sum handed to the operator', async () => {
    const random = seeded(4_242);
    const before = await sums();
    let handed = 0;
    s.gateway.script = (call) => {
      const drawn = random();
      if (drawn < 0.2) return UNWRITTEN;
      handed += call.recipients.length;
      if (drawn < 0.4) return LOST;
      return drawn < 0.6 ? refused('PERMANENT_RECIPIENT') : taken(call);
    };
    const people = cases(80, 800);
    const batchId = await s.world.shard(people);
    for (let ready = people; ready > 0; ready = (await s.world.states(batchId))['ready'] ?? 0)
      await s.send(batchId);
    const { reserved, spent, refunded } = await since(before);
    expect(reserved + spent + refunded).toBe(parts(handed));
    const [held] = await s.world.query('SELECT sum(spent)::text AS held FROM batch WHERE campaign_id = $1', [
      s.world.campaignId,
    ]);
    const now = await sums();
    expect(now.reserved + now.spent).toBe(micros(String(held?.['held'])));
  });

  it('is the same counted together or separately', async () => {
    const [together, month] = [await cost(), await months('2026-11')];
    await s.world.query('UPDATE batch SET size = 20000 WHERE campaign_id = $1', [s.world.campaignId]);
    expect([await cost(), await months('2026-11')]).toEqual([together, month]);
    expect(together.lines[0]?.messages).toBeGreaterThan(50);
  });

  it('is counted at once up to a size', async () => {
    const atOnce = (most: number) =>
      s.world.database.withTenant(s.world.tenantId, (tx) =>
        costOfCampaignAtOnce(tx, s.world.campaignId, most),
      );
    const whole = await cost();
    const [counted] = await s.world.query(
      `SELECT sum(size)::int AS size FROM batch WHERE campaign_id = $1 AND cost IS NULL`,
      [s.world.campaignId],
    );
    const size = Number(counted?.['size']);
    expect(size).toBeGreaterThan(0);
    expect(await atOnce(size)).toEqual(whole);
    expect(await atOnce(size - 1)).toBeUndefined();
  });

  it('is shown by month, account and territory', async () => {
    const now = await months('2026-11');
    expect(now.map(({ month }) => month)).toEqual(['2026-11']);
    expect(now[0]?.lines.map(({ gateway, territory }) => [gateway, territory])).toEqual([['sandbox', 'FR']]);
    expect(now[0]?.totals).toEqual((await cost()).totals);
  });

  it.each([
    ['reserved', () => LOST],
    ['spent', taken],
    ['refunded', () => refused('PERMANENT_RECIPIENT')],
  ] as const)('counts in the law clock’s month: %s', async (kind, script) => {
    const [before] = await months('2027-02');
    s.clock.startAt('2027-02-09T10:00:00+01:00');
    s.gateway.script = script;
    await s.send(await s.world.shard(3));
    const [after] = await months('2027-02');
    const of = (month: typeof after): bigint => micros(month?.totals[0]?.[kind].amount ?? '0');
    expect(of(after) - of(before)).toBe(parts(3));
  });
});

/** Makes the messages of a batch uncertain; returns their outcomes to record. */
async function lost(people: number): Promise<{ batchId: string; outcomes: readonly Outcome[] }> {
  s.gateway.script = () => LOST;
  const batchId = await s.world.shard(people);
  await s.send(batchId);
  const rows = await s.world.query(
    'SELECT seq, submission_id AS "submissionId" FROM message WHERE batch_id = $1 ORDER BY seq',
    [batchId],
  );
  const outcomes = rows.map(({ seq, submissionId }): Outcome => ({
    kind: 'failed',
    seq: Number(seq),
    submissionId: String(submissionId),
    reason: 'NOT_ACCEPTED',
    notBefore: 0,
  }));
  return { batchId, outcomes };
}

const refusedLater = (batchId: string, outcomes: readonly Outcome[]): Promise<unknown> => {
  const { tenantId, accountId, deps } = s.world;
  const where = { tenantId, batchId, accountId, lawNow: s.clock.now().toISO(), price: PRICE };
  return recordOutcomes(deps.ledger, where, outcomes);
};

const notAccepted = (batchId: string, people: number): Promise<unknown> =>
  s.world.database.withTenant(s.world.tenantId, (tx) =>
    resolveByPerson(tx, {
      messages: Array.from({ length: people }, (_, seq) => ({ batchId, seq })),
      outcome: 'not-accepted',
      at: s.clock.now().toISO(),
    }),
  );

const spentOf = async (batchId: string): Promise<number> =>
  Number((await s.world.query('SELECT spent FROM batch WHERE id = $1', [batchId]))[0]?.['spent']);

describe('what comes back', () => {
  beforeEach(async () => {
    s.clock.startAt('2026-11-24T10:00:00+01:00');
    await s.calm();
  });

  it('comes back once, however often reported', async () => {
    const before = await sums();
    const { batchId, outcomes } = await lost(5);
    await Promise.all([
      refusedLater(batchId, outcomes),
      refusedLater(batchId, outcomes),
      notAccepted(batchId, 5),
    ]);
    await refusedLater(batchId, outcomes);
    await notAccepted(batchId, 5);
    expect(await since(before)).toEqual({ reserved: 0n, spent: 0n, refunded: parts(5) });
    expect(await spentOf(batchId)).toBe(0);
  });

  it.each([
    [
      'an operator',
      'marketing',
      (batchId: string, outcomes: readonly Outcome[]) => refusedLater(batchId, outcomes),
    ],
    ['a person', 'appointment', (batchId: string) => notAccepted(batchId, 3)],
  ] as const)('of %s refunds nothing without a budget', async (_, purpose, told) => {
    const { batchId, outcomes } = await lost(3);
    await s.world.query(
      `UPDATE batch SET kind = 'acknowledgements', campaign_id = NULL, shard = NULL, spent = 0, purpose = $2 WHERE id = $1`,
      [batchId, purpose],
    );
    await told(batchId, outcomes);
    expect(await spentOf(batchId)).toBe(0);
    const [back] = await s.world.query('SELECT sum(parts)::int AS parts FROM refund WHERE batch_id = $1', [
      batchId,
    ]);
    expect(back?.['parts']).toBe(3);
  });
});

describe('what a batch cost that is over', () => {
  it('is kept, and recounted after another message', async () => {
    const before = await sums();
    const turns = [taken, taken, () => refused('PERMANENT_RECIPIENT')];
    s.gateway.script = (call) => (turns.shift() ?? taken)(call);
    const batchId = await s.world.shard(3);
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: 2, failed: 1 });
    expect(await since(before)).toEqual({ reserved: 0n, spent: parts(2), refunded: parts(1) });
    await s.world.query(`UPDATE batch SET state = 'done' WHERE id = $1`, [batchId]);
    expect(await since(before)).toEqual({ reserved: 0n, spent: parts(2), refunded: parts(1) });
    // Nobody goes through the messages again.
    await s.world.query('UPDATE message SET parts = 5 WHERE batch_id = $1', [batchId]);
    expect(await since(before)).toEqual({ reserved: 0n, spent: parts(2), refunded: parts(1) });
    await s.world.query('UPDATE message SET parts = 1 WHERE batch_id = $1', [batchId]);
    // A receipt says of the refused one that it arrived.
    await s.world.query(
      `WITH late AS (UPDATE message SET state = 'delivered', reason = NULL WHERE batch_id = $1 AND state = 'failed' RETURNING OLD.reason)
       INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
       SELECT b.tenant_id, b.id, x.state::message_state, x.reason, x.delta FROM batch b, late,
              LATERAL (VALUES ('failed', late.reason, -1), ('delivered', NULL, 1)) AS x(state, reason, delta) WHERE b.id = $1`,
      [batchId],
    );
    expect(await since(before)).toEqual({ reserved: 0n, spent: parts(3), refunded: parts(1) });
  });
});

describe('an account that takes a batch over', () => {
  it.each([
    ['in another currency', { perPart: '0.07', currency: 'USD' }],
    ['without a price', undefined],
  ])('%s sends nothing of a budgeted campaign', async (_, price) => {
    const world = await aScriptedWorld({ freeSlots: 20, budget: { amount: '1000', price: PRICE } });
    const { world: w } = world;
    const spare = Object.assign(aScriptedGateway(), { name: 'spare' });
    const spareId = await w.account({
      gateway: spare,
      stopCode: '36180',
      ...(price !== undefined && { priceAt: () => price }),
    });
    const batchId = await w.shard(3);
    await w.query(`UPDATE batch SET account_id = $2, price = NULL WHERE id = $1`, [batchId, spareId]);
    await world.send(batchId);
    const [campaign] = await w.query('SELECT parked_because AS because FROM campaign WHERE id = $1', [
      w.campaignId,
    ]);
    expect([campaign?.['because'], spare.calls.length]).toEqual(['BUDGET', 0]);
    expect(await w.states(batchId)).toEqual({ ready: 3 });
  });

  it.each([
    ['in another currency', { perPart: '0.07', currency: 'USD' }],
    ['without a price', undefined],
  ])('%s is not counted at the old price', async (_, price) => {
    const world = await aScriptedWorld({ freeSlots: 20 });
    const { world: w } = world;
    const spare = Object.assign(aScriptedGateway(), { name: 'spare' });
    const spareId = await w.account({
      gateway: spare,
      stopCode: '36180',
      ...(price !== undefined && { priceAt: () => price }),
    });
    await w.query(`UPDATE campaign SET price = 0.05 WHERE id = $1`, [w.campaignId]);
    const batchId = await w.shard(3);
    await w.query(`UPDATE batch SET account_id = $2, price = NULL WHERE id = $1`, [batchId, spareId]);
    await world.send(batchId);
    const found = await w.database.withTenant(w.tenantId, (tx) => costOfCampaign(tx, w.campaignId));
    const [line] = found.lines;
    expect([line?.gateway, line?.messages, line?.parts]).toEqual(['spare', 3, 3]);
    expect(line?.spent).toEqual(price === undefined ? null : { amount: '0.21', currency: 'USD' });
  });
});
