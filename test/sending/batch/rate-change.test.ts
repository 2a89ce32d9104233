import { expect, it } from 'vitest';
import { updateLimits } from '../../../src/campaigns/campaign.repository.ts';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendAll } from '../../support/until-sent.ts';

const RATE = 50;
const PEOPLE = 120;
const clock = new ShiftedClock();

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);

const limitTo = (ratePerSecond: number) =>
  world.database.withTenant(world.tenantId, (tx) =>
    updateLimits(tx, {
      id: world.campaignId,
      limits: { ratePerSecond, budget: null, price: null, currency: 'EUR', expireAt: null },
      at: clock.now().toISO(),
    }),
  );

const busiestSecond = async (batchId: string): Promise<number> => {
  const [row] = await world.query(
    `SELECT max(n)::int AS most FROM (
       SELECT count(*) OVER (ORDER BY first_byte_at RANGE BETWEEN CURRENT ROW AND interval '0.999 seconds' FOLLOWING) AS n
         FROM acceptance WHERE batch_id = $1) seconds`,
    [batchId],
  );
  return Number(row?.['most']);
};

it('a changed rate ends the chunk under way', async () => {
  await limitTo(1);
  const batchId = await world.shard(PEOPLE);
  const request = { tenantId: world.tenantId, batchId, signal: new AbortController().signal };
  const sending = sendChunk(world.deps, request);
  await expect.poll(() => world.states(batchId)).toMatchObject({ accepted: expect.any(Number) });
  await limitTo(RATE);
  expect((await sending).kind).toBe('send');
  const { ready } = await world.states(batchId);
  expect(ready).toBeGreaterThan(PEOPLE * 0.75);
  expect(await sendAll(world.deps, request)).toMatchObject({ kind: 'done' });
  expect(await world.states(batchId)).toEqual({ accepted: PEOPLE });
  // By the old one they would have taken two minutes.
  expect(await busiestSecond(batchId)).toBeGreaterThan(RATE / 5);
  expect(await busiestSecond(batchId)).toBeLessThanOrEqual(RATE);
});
