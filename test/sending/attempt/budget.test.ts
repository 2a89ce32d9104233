import { beforeEach, describe, expect, it } from 'vitest';
import { reserve, BudgetReservation } from '../../../src/sending/attempt/budget.repository.ts';
import { lookAndMark } from '../../../src/sending/attempt/mark.repository.ts';
import { readRun } from '../../../src/sending/batch/batch-run.repository.ts';
import { costOfCampaign } from '../../../src/sending/cost/cost.repository.ts';
import { own } from '../../../src/sending/batch/own.repository.ts';
import type { Prepared } from '../../../src/sending/compose/composing-text.ts';
import { aScriptedGateway, refused, taken } from '../gateway/scripted-gateway.ts';
import { aScriptedWorld, tallyDiffers } from '../pace/scripted-world.ts';
import { aCandidate, openLook } from './open-look.ts';
import { lockWaiters } from '../../support/lock-waiters.ts';
import { untilSent } from '../../support/until-sent.ts';

const PRICE = 0.05;

const s = await aScriptedWorld({ freeSlots: 20, budget: { amount: '1', price: String(PRICE) } });
beforeEach(() => s.calm());

const setBudget = (amount: number | null) =>
  s.world.query(
    `UPDATE campaign SET budget = $2, status = 'running', parked_because = NULL, revision = revision + 1 WHERE id = $1`,
    [s.world.campaignId, amount],
  );

interface Sums {
  readonly held: number;
  readonly owed: number;
}

/** Reads what the batches of the campaign reserve and spend, and what their messages cost by a recount. */
async function sums(): Promise<Sums> {
  const [row] = await s.world.query(
    `SELECT sum(spent + reserved)::float8 AS held,
            (SELECT sum(m.parts) * $2::numeric FROM message m JOIN batch b ON b.id = m.batch_id
              WHERE b.campaign_id = $1 AND m.state IN ('submitting', 'accepted', 'delivered', 'undelivered', 'uncertain'))::float8 AS owed
       FROM batch WHERE campaign_id = $1`,
    [s.world.campaignId, PRICE],
  );
  return { held: Number(row?.['held'] ?? 0), owed: Number(row?.['owed'] ?? 0) };
}

/** Sends chunk after chunk until nothing more happens by itself. */
async function sendAll(batchIds: readonly string[]): Promise<string> {
  for (;;) {
    const plans = await Promise.all(batchIds.map((batchId) => s.send(batchId)));
    const [status] = await s.world.query('SELECT status FROM campaign WHERE id = $1', [s.world.campaignId]);
    if (status?.['status'] !== 'running' || plans.every(({ kind }) => kind === 'done')) {
      return String(status?.['status']);
    }
    await new Promise((rested) => setTimeout(rested, 100));
  }
}

/** Counts backends of this database that wait for another transaction. */
const heldUp = (): Promise<number> => lockWaiters((text) => s.world.query(text));

const sentTo = async (batchIds: readonly string[]): Promise<number> => {
  const states = await Promise.all(batchIds.map((batchId) => s.world.states(batchId)));
  return states.reduce((sum, { accepted = 0 }) => sum + accepted, 0);
};

describe('I11, the budget of a campaign', () => {
  it('is never exceeded, and parks at its end', async () => {
    const shards = [await s.world.shard(120), await s.world.shard(120)];
    let highest = 0;
    s.gateway.script = async (call) => {
      highest = Math.max(highest, (await sums()).owed);
      return taken(call);
    };
    await setBudget(5);
    expect(await sendAll(shards)).toBe('parked');
    const first = await sentTo(shards);
    const { owed } = await sums();
    expect(owed).toBeLessThanOrEqual(5);
    expect(highest).toBeLessThanOrEqual(5);
    // One part of a message costs 0.05: less than one text is left.
    expect(5 - owed).toBeLessThan(PRICE * 3);
    const states = await Promise.all(shards.map((batchId) => s.world.states(batchId)));
    expect(states.reduce((sum, { ready = 0 }) => sum + ready, 0)).toBe(240 - first);
    expect(states.map(({ excluded }) => excluded)).toEqual([undefined, undefined]);
    expect(
      await s.world.query('SELECT parked_because FROM campaign WHERE id = $1', [s.world.campaignId]),
    ).toEqual([{ parked_because: 'BUDGET' }]);

    await setBudget(1_000);
    expect(await sendAll(shards)).toBe('running');
    expect(await sentTo(shards)).toBe(240);
    const { held, owed: all } = await sums();
    expect(held).toBeCloseTo(all, 6);
    for (const batchId of shards) expect(await tallyDiffers(s.world, batchId)).toEqual([]);
  });

  it('gets refused and unwritten amounts back', async () => {
    await setBudget(1_000);
    const before = await sums();
    const batchId = await s.world.shard(60);
    let n = 0;
    s.gateway.script = (call) => {
      n += 1;
      if (n % 3 === 0) return refused('PERMANENT_RECIPIENT');
      return n % 3 === 1 ? { kind: 'NOT_WRITTEN', reason: 'too-late' } : taken(call);
    };
    await s.send(batchId);
    const { held, owed } = await sums();
    expect(held).toBeCloseTo(owed, 6);
    expect(owed).toBeGreaterThan(before.owed);
    expect((await s.world.states(batchId))['failed']).toBeGreaterThan(0);
  });

  it('counts what is uncertain as spent', async () => {
    await setBudget(1_000);
    const batchId = await s.world.shard(10);
    s.gateway.script = () => ({ kind: 'UNKNOWN', reason: 'timeout', firstByteAt: 1, answeredAt: 2 });
    await s.send(batchId);
    expect(await s.world.states(batchId)).toEqual({ uncertain: 10 });
    const { held, owed } = await sums();
    expect(held).toBeCloseTo(owed, 6);
  });

  it('gets a killed worker’s reservation back', async () => {
    const batchId = await s.world.shard(10);
    await setBudget((await sums()).owed + 10);
    await s.world.query('UPDATE batch SET reserved = 9.9 WHERE id = $1', [batchId]);
    s.clock.skippedMs += 10_000;
    expect((await untilSent(() => s.send(batchId))).kind).toBe('done');
    expect(await s.world.states(batchId)).toEqual({ accepted: 10 });
  });

  it('waits for another shard’s reservation', async () => {
    const [holder, other] = [await s.world.shard(1), await s.world.shard(10)];
    await setBudget((await sums()).owed + 1);
    await s.world.query('UPDATE batch SET reserved = 1 WHERE id = $1', [holder]);
    expect(await s.send(other)).toMatchObject({ kind: 'wait', because: { code: 'BUDGET' } });
    expect(await s.world.states(other)).toEqual({ ready: 10 });
    expect(await s.world.query('SELECT status FROM campaign WHERE id = $1', [s.world.campaignId])).toEqual([
      { status: 'running' },
    ]);
  });

  it('is reserved by one batch at a time', async () => {
    const batchIds = await Promise.all(Array.from({ length: 6 }, () => s.world.shard(1)));
    const { held } = await sums();
    await setBudget(held + 20 * PRICE);
    const { tenantId, campaignId, database } = s.world;
    let waiting = batchIds.length;
    const reserved = await Promise.all(
      batchIds.map((batchId) =>
        database.withTenant(tenantId, async (tx) => {
          const { amount } = await reserve(tx, { campaignId, batchId, epoch: 0 }, String(15 * PRICE));
          waiting -= 1;
          // The others have asked while this one has not committed yet.
          await expect.poll(heldUp).toBe(waiting);
          return Number(amount);
        }),
      ),
    );
    expect(reserved.reduce((sum, amount) => sum + amount, 0)).toBeCloseTo(20 * PRICE, 6);
    await s.world.query('UPDATE batch SET reserved = 0');
  });

  it('is not spent twice by concurrent marks', async () => {
    await setBudget(1_000);
    const batchId = await s.world.shard(40);
    const { tenantId, accountId, deps } = s.world;
    const ownership = await own(deps.ledger, tenantId, batchId);
    if (ownership === undefined) throw new Error('the batch cannot be owned');
    await s.world.query('UPDATE batch SET reserved = 25 * $2::numeric WHERE id = $1', [batchId, PRICE]);
    const rows = await s.world.query(
      'SELECT m.seq, m.contact_id, p.revision FROM message m, campaign p WHERE m.batch_id = $1 ORDER BY seq',
      [batchId],
    );
    const look = {
      ...openLook(accountId, s.clock),
      revision: Number(rows[0]?.['revision']),
      price: String(PRICE),
      budgeted: true,
    };
    const candidates = rows.map((row) => aCandidate(Number(row['seq']), String(row['contact_id'])));
    const marked = await Promise.all([
      lookAndMark(deps.ledger, ownership, { look, candidates: candidates.slice(0, 20) }),
      lookAndMark(deps.ledger, ownership, { look, candidates: candidates.slice(20) }),
    ]);
    expect(marked.map(({ taken: those }) => those.size).toSorted((a, b) => a - b)).toEqual([0, 20]);
  });
});

/** Makes so many messages of one part. */
const prepared = (many: number): Prepared[] =>
  Array.from({ length: many }, (_, seq) => ({
    row: {
      seq,
      contactId: null,
      territory: null,
      timeZone: null,
      sealed: null,
      wrapped: null,
      numberVersion: null,
    },
    composed: { kind: 'text', to: '+33612345678', sender: 'SHOP', text: 'x', parts: 1, encoding: 'GSM-7' },
    digest: Buffer.alloc(0),
  }));

describe('a reservation used by a page at once', () => {
  it.each([
    ['of one price', [PRICE, PRICE, PRICE]],
    ['of several prices', [PRICE, 3 * PRICE, 2 * PRICE]],
  ])('pays for each while money remains: %s', async (_, prices) => {
    await setBudget((await sums()).held + 100);
    const batchId = await s.world.shard(1);
    const { tenantId, database } = s.world;
    const run = await database.withTenant(tenantId, (tx) => readRun(tx, batchId));
    if (run === undefined) throw new Error('the batch is not there');
    const budget = new BudgetReservation(database, run, 0);
    const paid = await Promise.all(
      prices.map((price) =>
        budget.pay(prepared(10), prepared(10), {
          territory: 'FR',
          price: { perPart: price.toFixed(2), currency: 'EUR' },
        }),
      ),
    );
    await budget.close();
    expect(paid).toEqual(prices.map(() => expect.objectContaining({ paid: 10 })));
  });

  it('pays for no more than remains', async () => {
    await s.world.query('UPDATE batch SET reserved = 0');
    await setBudget((await sums()).held + 15 * PRICE);
    const batchId = await s.world.shard(1);
    const { tenantId, database } = s.world;
    const run = await database.withTenant(tenantId, (tx) => readRun(tx, batchId));
    if (run === undefined) throw new Error('the batch is not there');
    const budget = new BudgetReservation(database, run, 0);
    const tariff = { territory: 'FR', price: { perPart: String(PRICE), currency: 'EUR' } };
    const paid = await Promise.all([1, 2, 3].map(() => budget.pay(prepared(10), prepared(10), tariff)));
    await budget.close();
    expect(paid).toEqual([10, 5, 0].map((many) => ({ paid: many, elsewhere: false })));
  });
});

describe('a batch to numbers of two tariffs', () => {
  it('keeps its budget at each tariff', async () => {
    const two = await aScriptedWorld({ freeSlots: 20, budget: { amount: '2', price: String(PRICE) } });
    const { world } = two;
    const accountId = await world.account({
      gateway: Object.assign(aScriptedGateway(), { name: 'by-territory' }),
      stopCode: '36180',
      priceAt: (territory) => ({ perPart: territory === 'RE' ? '0.15' : String(PRICE), currency: 'EUR' }),
    });
    const batchId = await world.shard(40, {
      territory: 'FR',
      timeZone: 'Europe/Paris',
      numbersOf: ['FR', 'RE'],
    });
    await world.query('UPDATE batch SET account_id = $2 WHERE id = $1', [batchId, accountId]);
    expect(await two.send(batchId)).toMatchObject({ state: 'parked' });
    expect(
      await world.query('SELECT parked_because FROM campaign WHERE id = $1', [world.campaignId]),
    ).toEqual([{ parked_because: 'BUDGET' }]);
    const spent = async (): Promise<number> => {
      const [row] = await world.query('SELECT spent::float8 AS spent FROM batch WHERE id = $1', [batchId]);
      return Number(row?.['spent']);
    };
    expect(await spent()).toBeLessThanOrEqual(2);
    // The dearer part no longer fits in.
    expect(2 - (await spent())).toBeLessThan(0.15);

    await world.query(
      `UPDATE campaign SET budget = 4, status = 'running', parked_because = NULL, revision = revision + 1 WHERE id = $1`,
      [world.campaignId],
    );
    while ((await world.states(batchId))['accepted'] !== 40) await two.send(batchId);
    expect(await spent()).toBeCloseTo(20 * PRICE + 20 * 0.15, 6);
    const { lines } = await world.database.withTenant(world.tenantId, (tx) =>
      costOfCampaign(tx, world.campaignId),
    );
    expect(lines.map(({ territory, spent: of }) => [territory, of?.amount])).toEqual([
      ['FR', '1.00'],
      ['RE', '3.00'],
    ]);
  });
});

describe('a budget that just suffices for those who may be written to', () => {
  it('is spent without paying for the excluded', async () => {
    const wide = await aScriptedWorld({ freeSlots: 60, budget: { amount: '2.5', price: String(PRICE) } });
    const batchId = await wide.world.shard(55);
    await wide.world.query(
      `UPDATE consent k SET sendable = false, why = 'CONSENT_WITHDRAWN' FROM message m
        WHERE m.batch_id = $1 AND m.seq < 5 AND k.contact_id = m.contact_id`,
      [batchId],
    );
    await wide.send(batchId);

    expect(await wide.world.states(batchId)).toEqual({ excluded: 5, accepted: 50 });
  });
});
