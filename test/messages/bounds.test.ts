import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendChunk } from '../../src/messages/chunk.ts';
import { aDatabase } from '../support/database.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { anOperator, type TestOperator } from '../support/operator.ts';
import { aSendWorld, type SendWorld } from '../support/send-world.ts';

const CONNECTIONS = 20;
const MESSAGES = 3_000;
const UNRECORDED = 500;
const clock = new ShiftedClock();
let operator: TestOperator;
let world: SendWorld;

beforeAll(async () => {
  const test = await aDatabase();
  operator = await anOperator(clock, { connections: CONNECTIONS });
  world = await aSendWorld(test, operator, clock);
});

afterAll(async () => {
  await world.close();
  await operator.stop();
});

const pause = (ms: number) => new Promise((rested) => setTimeout(rested, ms));

describe('I8, while answers cannot be written down', () => {
  it('no more is marked than what may be on the wire and in memory', { timeout: 60_000 }, async () => {
    const batchId = await world.shard(MESSAGES);
    const holding = new Client({ connectionString: world.superUrl });
    await holding.connect();
    await holding.query('BEGIN; LOCK TABLE acceptance IN EXCLUSIVE MODE');
    const sending = sendChunk(world.deps, {
      tenantId: world.tenantId,
      batchId,
      signal: new AbortController().signal,
    });
    const seen: number[] = [];
    for (let look = 0; look < 30; look += 1) {
      await pause(100);
      seen.push((await world.states(batchId))['submitting'] ?? 0);
    }
    await holding.query('ROLLBACK');
    await holding.end();
    await sending;
    // It was the bound that held, not a lack of time.
    expect(Math.max(...seen)).toBeGreaterThan(UNRECORDED / 2);
    expect(Math.max(...seen)).toBeLessThanOrEqual(CONNECTIONS + UNRECORDED);
    expect(await world.states(batchId)).toEqual({ accepted: MESSAGES });
  });
});
