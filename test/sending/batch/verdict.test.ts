import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { DECISION_LIVES_MS } from '../../../src/law/chapters/windows.ts';
import { readRun } from '../../../src/sending/batch/batch-run.repository.ts';
import { Verdicts } from '../../../src/sending/batch/verdict.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';

const AT = '2026-11-24T10:00:00+01:00';

/** A clock that the test moves. */
class HeldClock extends ShiftedClock {
  passedMs = 0;

  override monotonic(): number {
    return this.passedMs;
  }
}

const running = new ShiftedClock();
const world = await aSendWorld(await anOperator(running), running);

it('the law is asked again in time', async () => {
  const { deps, tenantId } = world;
  const batchId = await world.shard(1);
  const run = await deps.database.withTenant(tenantId, (tx) => readRun(tx, batchId));
  if (run === undefined) throw new Error('no such batch');
  const clock = new HeldClock();
  clock.startAt(AT);
  const verdicts = new Verdicts({ database: deps.database, clock, newId: () => randomUUID() }, run, null);
  const decided = async (passedMs: number) => {
    clock.passedMs = passedMs;
    return (await verdicts.on('FR', 'Europe/Paris'))?.decisionId;
  };
  const due = (DECISION_LIVES_MS.on('2026-11-24') * 5) / 6;
  const first = await decided(0);
  expect(first).toBeDefined();
  expect(await decided(due - 1)).toBe(first);
  const second = await decided(due);
  expect(second).not.toBe(first);
  expect(await decided(2 * due - 1)).toBe(second);
});
