import { afterAll, beforeAll, expect, it } from 'vitest';
import { updateLimits } from '../../src/campaigns/campaign.repository.ts';
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

const limitTo = (ratePerSecond: number) =>
  world.database.withTenant(world.tenantId, (tx) =>
    updateLimits(tx, {
      id: world.campaignId,
      limits: { ratePerSecond, budget: null, price: null, currency: 'EUR', expireAt: null },
      at: clock.now().toISO(),
    }),
  );

it('a rate changed while a chunk sends ends it, and the next one keeps the new rate', async () => {
  await limitTo(1);
  const batchId = await world.shard(200);
  const errand = { tenantId: world.tenantId, batchId, signal: new AbortController().signal };
  const sending = sendChunk(world.deps, errand);
  await expect
    .poll(() => world.states(batchId), { timeout: 20_000 })
    .toMatchObject({ accepted: expect.any(Number) });
  await limitTo(200);
  expect((await sending).kind).toBe('send');
  const { ready } = await world.states(batchId);
  expect(ready).toBeGreaterThan(150);
  // What a busy machine would have written too late after its look is put back, and leaves with another chunk.
  while ((await sendChunk(world.deps, errand)).kind !== 'done');
  expect(await world.states(batchId)).toEqual({ accepted: 200 });
}, 60_000);
