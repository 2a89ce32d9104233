import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendChunk } from '../../src/messages/chunk.ts';
import { aDatabase } from '../support/database.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { anOperator, type TestOperator } from '../support/operator.ts';
import { aSendWorld, type SendWorld } from '../support/send-world.ts';

const clock = new ShiftedClock();
const signal = new AbortController().signal;
let operator: TestOperator;
let world: SendWorld;

beforeAll(async () => {
  operator = await anOperator(clock);
  world = await aSendWorld(await aDatabase(), operator, clock);
});

afterAll(async () => {
  await world.close();
  await operator.stop();
});

/** Two people, the first of whom is a customer who was not asked; what became of each. */
async function became(basisOpen: string | null): Promise<unknown[]> {
  const batchId = await world.shard(2);
  await world.query(
    `UPDATE consent SET basis = 'legitimate_interest' WHERE contact_id = (SELECT contact_id FROM message WHERE batch_id = $1 AND seq = 0)`,
    [batchId],
  );
  const bases = basisOpen === null ? {} : { marketing: basisOpen };
  await world.query(`UPDATE tenant SET settings = $2 WHERE id = $1`, [
    world.tenantId,
    JSON.stringify({ bases }),
  ]);
  await sendChunk(world.deps, { tenantId: world.tenantId, batchId, signal });
  const rows = await world.query('SELECT state::text, reason FROM message WHERE batch_id = $1 ORDER BY seq', [
    batchId,
  ]);
  return rows.map(({ state, reason }) => reason ?? state);
}

describe('a customer who was not asked (I13)', () => {
  it.each([
    ['is written to while the tenant holds that basis open', 'legitimate_interest', 'accepted'],
    ['is not written to once the tenant went back to consent', 'consent', 'BASIS_NOT_ALLOWED'],
    ['is not written to where that basis was never opened', null, 'BASIS_NOT_ALLOWED'],
  ])('%s', async (_, basisOpen, becomes) => {
    expect(await became(basisOpen)).toEqual([becomes, 'accepted']);
  });
});
