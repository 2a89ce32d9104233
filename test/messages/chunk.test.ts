import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepBatchPlan } from '../../src/messages/batch-run.repository.ts';
import { sendChunk } from '../../src/messages/chunk.ts';
import { aDatabase } from '../support/database.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { anOperator, type TestOperator } from '../support/operator.ts';
import { aSendWorld, type SendWorld } from '../support/send-world.ts';

const clock = new ShiftedClock();
let operator: TestOperator;
let world: SendWorld;

beforeAll(async () => {
  const test = await aDatabase();
  operator = await anOperator(clock);
  world = await aSendWorld(test, operator, clock);
});

afterAll(async () => {
  await world.close();
  await operator.stop();
});

const send = (batchId: string, signal: AbortSignal = new AbortController().signal) =>
  sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });

describe('a chunk', () => {
  it('sends each ready message once and closes its accounts', async () => {
    clock.startAt('2026-11-24T10:00:00+01:00');
    const batchId = await world.shard(700);

    const plan = await send(batchId);

    expect(plan.kind).toBe('done');
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
    await send(batchId);
    await world.query(`UPDATE batch SET state = 'open' WHERE id = $1`, [batchId]);
    await send(batchId);
    expect((await operator.log()).filter(({ reference }) => reference.includes(batchId))).toHaveLength(20);
  });

  it('does not end while something is ready', async () => {
    const batchId = await world.shard(1);
    // An attempt that was given up had counted before another put the message back.
    const plan = { state: 'done', nextActionAt: null, waiting: null } as const;
    const end = () =>
      world.database.withTenant(world.tenantId, (tx) =>
        keepBatchPlan(tx, batchId, { plan, at: clock.now().toISO() }),
      );
    const kept = async () =>
      (await world.query('SELECT state, next_action_at FROM batch WHERE id = $1', [batchId]))[0];
    await end();
    expect(await kept()).toEqual({ state: 'open', next_action_at: expect.any(Date) });
    await send(batchId);
    await end();
    expect(await kept()).toEqual({ state: 'done', next_action_at: null });
  });

  it('waits until Monday eight o’clock on a Saturday evening', async () => {
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

  it('marks nothing in the last second before eight in the evening', async () => {
    clock.startAt('2026-11-27T19:59:59.100+01:00');
    const batchId = await world.shard(5);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ ready: 5 });
  });
});
