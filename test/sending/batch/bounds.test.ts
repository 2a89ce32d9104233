import { Client } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { sendAll } from '../../support/until-sent.ts';

const CONNECTIONS = 20;
const MESSAGES = 1_000;
const UNRECORDED = 500;
/** Count of looks, each a tenth of a second after the last. */
const LOOKS = 10;
const clock = new ShiftedClock();

const operator = await anOperator(clock, { connections: CONNECTIONS });
const world = await aSendWorld(operator, clock);

describe('I8, while answers cannot be written down', () => {
  it('marks stay within wire and memory', async () => {
    const batchId = await world.shard(MESSAGES);
    const holding = new Client({ connectionString: world.superUrl });
    await holding.connect();
    await holding.query('BEGIN; LOCK TABLE acceptance IN EXCLUSIVE MODE');
    const sending = sendAll(world.deps, {
      tenantId: world.tenantId,
      batchId,
      signal: new AbortController().signal,
    });
    const seen: number[] = [];
    // Until a second brings no more, and the bound is the reason.
    while (seen.length < LOOKS || seen.at(-LOOKS) !== seen.at(-1) || Number(seen.at(-1)) <= UNRECORDED / 2) {
      await pause(100);
      seen.push((await world.states(batchId))['submitting'] ?? 0);
    }
    await holding.query('ROLLBACK');
    await holding.end();
    await sending;
    expect(Math.max(...seen)).toBeLessThanOrEqual(CONNECTIONS + UNRECORDED);
    expect(await world.states(batchId)).toEqual({ accepted: MESSAGES });
  });
});
