import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { LearnedRateLimits } from '../../../src/sending/pace/learned-rate-limit.ts';
import { learnedLimitStore } from '../../../src/sending/pace/rate-share.repository.ts';
import { aScriptedWorld } from './scripted-world.ts';
import { refused, slowly, taken } from '../gateway/scripted-gateway.ts';

const SEATS = 20;
const LIMIT = 80;
const PEOPLE = 700;

const s = await aScriptedWorld({ freeSlots: SEATS, keepLessons: true });
beforeEach(() => s.calm());

/** An operator that accepts so many in any sliding second, and never says how many. */
function hides(limit: number): { refusals: number } {
  const seen: number[] = [];
  const told = { refusals: 0 };
  s.gateway.script = (...called) => {
    const now = performance.now();
    const takes = seen.filter((at) => at > now - 1_000).length < limit;
    if (takes) seen.push(now);
    else told.refusals += 1;
    return slowly(25, takes ? taken : () => refused('THROTTLED'))(...called);
  };
  return told;
}

async function sendAll(batchId: string): Promise<void> {
  for (;;) {
    const plan = await s.send(batchId);
    if (plan.kind === 'done') return;
    if (plan.kind === 'wait') await pause(Math.min(plan.waitMs, 2_000));
  }
}

const learned = async (): Promise<Record<string, unknown> | undefined> =>
  (
    await s.world.query(
      'SELECT learned_base AS base, learned_hits AS hits FROM gateway_account WHERE id = $1',
      [s.world.accountId],
    )
  )[0];

describe(`an operator that takes ${LIMIT} a second and never said so`, () => {
  it('refuses hardly anything after the first refusals', async () => {
    const told = hides(LIMIT);
    const batchId = await s.world.shard(PEOPLE);
    await sendAll(batchId);
    expect(await s.world.states(batchId)).toEqual({ accepted: PEOPLE });
    expect(told.refusals).toBeGreaterThan(0);
    expect(told.refusals).toBeLessThanOrEqual(2 * SEATS);
    expect(Number((await learned())?.['base'])).toBeLessThanOrEqual(LIMIT + 4);
  });

  it('is known to a worker that starts afterwards', async () => {
    const told = hides(LIMIT);
    const batchId = await s.world.shard(100);
    const later = s.world.worker();
    // What is kept is read at the first look, and is there at the next.
    later.rates.learnedLimits.limitOf(s.world.accountId);
    await expect.poll(() => later.rates.learnedLimits.limitOf(s.world.accountId)).toBeGreaterThan(0);
    await s.send(batchId, { deps: later });
    expect(told.refusals).toBeLessThanOrEqual(2);
  });
});

describe('a limit that a worker learned', () => {
  const forget = () =>
    s.world.query(
      'UPDATE gateway_account SET learned_base = NULL, learned_since = NULL, learned_hits = NULL WHERE id = $1',
      [s.world.accountId],
    );
  /** A worker that reads nothing: it knows its own estimate, and the answer when it was kept. */
  const worker = () =>
    new LearnedRateLimits({ ...learnedLimitStore(s.world.database), read: async () => undefined }, s.clock);
  const hearsAComplaint = (learning: LearnedRateLimits, messages: number): boolean => {
    learning.took(s.world.accountId, { messages, part: 1 });
    return learning.complained(s.world.accountId, { part: 1, statedLimit: null });
  };

  it('at the same moment is one for both', async () => {
    await forget();
    const both = [worker(), worker()];
    for (const [at, learning] of both.entries()) hearsAComplaint(learning, 40 + 20 * at);
    const limits = (): unknown[] => both.map((learning) => learning.limitOf(s.world.accountId));
    await expect.poll(() => new Set(limits()).size).toBe(1);
    expect(limits()[0]).toBe((await learned())?.['base']);
  });

  it('is kept over an old one', async () => {
    await s.world.query(
      `UPDATE gateway_account SET learned_base = 80, learned_since = now() - interval '1 day', learned_hits = 7 WHERE id = $1`,
      [s.world.accountId],
    );
    hearsAComplaint(worker(), 30);
    await expect.poll(learned).toEqual({ base: 30, hits: 1 });
  });

  it('lets it go on while more is accepted', () => {
    const learning = worker();
    expect(hearsAComplaint(learning, 80), 'the first').toBe(false);
    s.clock.aheadMs += 10_000;
    const answers = Array.from({ length: 100 }, () => hearsAComplaint(learning, 0));
    expect(answers.lastIndexOf(true)).toBe(77);
    expect(answers.indexOf(false)).toBe(78);
  });
});
