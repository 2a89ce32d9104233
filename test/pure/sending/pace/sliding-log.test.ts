import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingLog } from '../../../../src/sending/pace/sliding-log.ts';

/** Simulates the first bytes of a worker: tokens asked for at each turn, bytes late by so much, some never written. */
function bytes(
  limit: number,
  turns: readonly { readonly after: number; readonly late: number; readonly lost?: boolean }[],
  group = 50,
): number[] {
  const log = new SlidingLog();
  log.setLimit(limit);
  const written: number[] = [];
  const waiting: { due: number; at: number; lost: boolean }[] = [];
  let now = 0;
  for (const { after, late, lost = false } of turns) {
    now += after;
    for (const one of waiting.splice(0)) {
      if (one.at > now) waiting.push(one);
      else if (one.lost) log.giveBack(one.due);
      else {
        log.wrote(one.due, one.at);
        written.push(one.at);
      }
    }
    for (let n = log.givable(now, Math.min(group, log.largestGroup)); n > 0; n -= 1) {
      const due = log.dueAt(now, 0);
      log.take(due);
      waiting.push({ due, at: due + late, lost });
    }
  }
  return [...written, ...waiting.filter(({ lost }) => !lost).map(({ at }) => at)].sort(
    (one, other) => one - other,
  );
}

/** Returns the most bytes in any second. */
const busiest = (at: readonly number[]): number =>
  at.reduce((most, start, n) => {
    const end = at.findIndex((other, k) => k > n && other >= start + 1_000);
    return Math.max(most, (end === -1 ? at.length : end) - n);
  }, 0);

const steady = (seconds: number, late: number) =>
  Array.from({ length: (seconds * 1_000) / 4 }, () => ({ after: 4, late }));

describe('I10, a sliding log', () => {
  it('never exceeds the limit in any second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.array(
          fc.record({
            after: fc.double({ min: 0.1, max: 60, noNaN: true }),
            late: fc.oneof(
              { weight: 3, arbitrary: fc.double({ min: 0, max: 5, noNaN: true }) },
              fc.double({ min: 0, max: 500, noNaN: true }),
            ),
            lost: fc.boolean(),
          }),
          { minLength: 20, maxLength: 400 },
        ),
        (limit, turns) => {
          expect(busiest(bytes(limit, turns))).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 300, seed: 20_261_125 },
    );
  });

  it('separates late bytes from later ones', () => {
    const turns = steady(4, 1).map(({ after }, n) => ({ after, late: n % 300 < 20 ? 240 : 1 }));
    expect(busiest(bytes(100, turns))).toBeLessThanOrEqual(100);
  });

  it.each([
    [1, 0.97],
    [7, 0.97],
    [40, 0.97],
    [99, 0.97],
    [100, 0.99],
    [500, 0.99],
    [1_000, 0.99],
  ])('lets %i a second leave, to %d', (limit, part) => {
    const seconds = 30;
    const at = bytes(limit, steady(seconds, 1)).filter((byte) => byte <= seconds * 1_000);
    expect(at.length / (limit * seconds)).toBeGreaterThanOrEqual(part);
    expect(busiest(at)).toBeLessThanOrEqual(limit);
  });

  it('counts a byte whose token was forgotten', () => {
    const log = new SlidingLog();
    log.setLimit(10);
    const due = log.dueAt(0, 0);
    log.take(due);
    log.givable(2_000, 1);
    for (let n = 0; n < 10; n += 1) log.wrote(due, 2_000);
    expect(log.givable(2_100, 10)).toBe(0);
  });

  it('holds back until a group is worthwhile', () => {
    const log = new SlidingLog();
    log.setLimit(500);
    let now = 0;
    const groups: number[] = [];
    for (; now < 1_000; now += 4) {
      const given = log.givable(now, 50);
      for (let n = given; n > 0; n -= 1) log.take(log.dueAt(now, 0));
      if (given > 0) groups.push(given);
    }
    expect(groups.reduce((sum, size) => sum + size, 0) / groups.length).toBeGreaterThan(10);
  });

  it('has no burst at the start', () => {
    const at = bytes(100, steady(1, 0));
    expect(at.filter((byte) => byte < 100).length).toBeLessThanOrEqual(11);
  });

  it('lets nothing leave without a share', () => {
    const log = new SlidingLog();
    expect(log.givable(0, 10)).toBe(0);
    expect(log.waitMs(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('obeys a lower limit at once', () => {
    const log = new SlidingLog();
    log.setLimit(100);
    let now = 0;
    for (let n = 0; n < 100; n += 1) {
      const due = log.dueAt(now, 0);
      log.take(due);
      now = due;
    }
    log.setLimit(10);
    const next = log.dueAt(now, 0);
    expect(next).toBeGreaterThan(now + 900);
  });
});
