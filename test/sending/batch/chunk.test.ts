import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { keepBatchPlan } from '../../../src/sending/batch/batch-run.repository.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { recordOutcomes, type Outcome } from '../../../src/sending/attempt/outcome.repository.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { lockWaiters } from '../../support/lock-waiters.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { untilSent } from '../../support/until-sent.ts';
import { onTheWire } from '../attempt/on-the-wire.ts';

const AT = '2026-11-24T10:00:00+01:00';
const clock = new ShiftedClock();

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);

const send = (batchId: string, signal: AbortSignal = new AbortController().signal) =>
  sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });

describe('a chunk', () => {
  it('sends each ready message once and closes accounts', async () => {
    clock.startAt(AT);
    const batchId = await world.shard(700);

    expect((await untilSent(() => send(batchId))).kind).toBe('done');
    expect(await world.states(batchId)).toEqual({ accepted: 700 });
    const references = (await operator.log())
      .filter(({ reference }) => reference.includes(batchId))
      .map(({ reference }) => reference);
    expect(new Set(references).size).toBe(700);
    expect(references).toHaveLength(700);
    expect(
      await world.query(
        `SELECT state::text, sum(delta)::int AS n FROM tally WHERE batch_id = $1 GROUP BY 1 HAVING sum(delta) <> 0`,
        [batchId],
      ),
    ).toEqual([{ state: 'accepted', n: 700 }]);
  });

  it('sends nothing the second time', async () => {
    const batchId = await world.shard(20);
    await untilSent(() => send(batchId));
    await world.query(`UPDATE batch SET state = 'open' WHERE id = $1`, [batchId]);
    await send(batchId);
    expect((await operator.log()).filter(({ reference }) => reference.includes(batchId))).toHaveLength(20);
  });

  it('waits on Saturday evening until Monday at eight', async () => {
    clock.startAt('2026-11-28T20:00:00+01:00');
    const batchId = await world.shard(5);
    const plan = await send(batchId);
    expect(plan).toMatchObject({
      kind: 'wait',
      state: 'waiting-window',
      until: 'lundi 30 novembre 2026 à 08h00, heure de Paris',
      rule: expect.stringContaining('Source : ') as string,
    });
    expect(
      plan.kind === 'wait' &&
        Math.abs(Date.parse(plan.nextActionAt) - Date.parse('2026-11-30T08:00:00+01:00')),
    ).toBeLessThan(1_000);
    expect(await world.states(batchId)).toEqual({ ready: 5 });
  });

  it('marks nothing in the second before eight', async () => {
    clock.startAt('2026-11-27T19:59:59.100+01:00');
    const batchId = await world.shard(5);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ ready: 5 });
  });
});

describe('a batch that an attempt ends, which counted before another put a message back', () => {
  const DONE = { plan: { state: 'done', nextActionAt: null, waiting: null }, at: AT } as const;
  const REOPENED = { state: 'open', next_action_at: expect.any(Date) };
  const end = (batchId: string) =>
    world.database.withTenant(world.tenantId, (tx) => keepBatchPlan(tx, batchId, DONE));
  const kept = async (batchId: string) =>
    (await world.query('SELECT state, next_action_at FROM batch WHERE id = $1', [batchId]))[0];
  const isHeldUp = async () => (await lockWaiters((text) => world.query(text))) > 0;

  it('stays open until that one left', async () => {
    clock.startAt(AT);
    const batchId = await world.shard(1);
    await end(batchId);
    expect(await kept(batchId)).toEqual(REOPENED);
    await untilSent(() => send(batchId));
    await end(batchId);
    expect(await kept(batchId)).toEqual({ state: 'done', next_action_at: null });
  });

  it('stays open when it is put back meanwhile', async () => {
    const { batchId } = await onTheWire(world, 1);
    await world.query(`UPDATE message SET state = 'uncertain', reason = 'TIMEOUT' WHERE batch_id = $1`, [
      batchId,
    ]);
    const other = new Client({ connectionString: world.superUrl });
    await other.connect();
    await other.query('BEGIN');
    await other.query(
      `UPDATE message SET state = 'ready', reason = NULL, submission_id = NULL WHERE batch_id = $1`,
      [batchId],
    );
    await other.query(`UPDATE batch SET spent = 0 WHERE id = $1`, [batchId]);
    const ending = end(batchId);
    await expect.poll(isHeldUp).toBe(true);
    await other.query('COMMIT');
    await other.end();
    await ending;
    expect(await kept(batchId)).toEqual(REOPENED);
  });

  it('is reopened when it is put back later', async () => {
    const { batchId, accepted } = await onTheWire(world, 1);
    const where = { tenantId: world.tenantId, batchId, accountId: world.accountId, lawNow: AT, price: null };
    const becomes = (kind: 'uncertain' | 'again') => {
      const outcomes = accepted.map(({ seq, submissionId }): Outcome => ({
        kind,
        seq,
        submissionId,
        reason: 'TIMEOUT',
        notBefore: 0,
      }));
      return recordOutcomes(world.deps.ledger, where, outcomes);
    };
    await becomes('uncertain');
    let puttingBack: Promise<unknown> = Promise.resolve();
    await world.database.withTenant(world.tenantId, async (tx) => {
      await keepBatchPlan(tx, batchId, DONE);
      let isBack = false;
      puttingBack = becomes('again').finally(() => {
        isBack = true;
      });
      await expect.poll(async () => isBack || (await isHeldUp())).toBe(true);
    });
    await puttingBack;
    expect(await world.states(batchId)).toEqual({ ready: 1 });
    expect(await kept(batchId)).toEqual(REOPENED);
  });
});
