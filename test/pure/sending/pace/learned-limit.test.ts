import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goodAfter, learnt, limitAt, type Learned } from '../../../../src/sending/pace/learned-rate-limit.ts';
import {
  Hidden,
  refusals,
  refusedIn,
  Sender,
  shareOf,
  type Second,
} from '../../../sending/pace/hidden-limit.ts';

describe('a limit that an operator never stated', () => {
  it.each([20, 80, 250, 600])('of %i a second is found and kept', (limit) => {
    const log = new Sender(new Hidden(limit), { seed: limit }).run(180);
    expect(shareOf(log.slice(20, 60), limit)).toBeGreaterThanOrEqual(0.95);
    expect(shareOf(log.slice(60), limit)).toBeGreaterThanOrEqual(0.95);
    expect(refusedIn(log.slice(20))).toBeLessThan(0.005);
  });

  it('is found again when lowered or raised', () => {
    const operator = new Hidden(80);
    const log = new Sender(operator, { seed: 7 }).run(600, (second) => {
      if (second === 60) operator.limit = 20;
      if (second === 120) operator.limit = 80;
    });
    expect(shareOf(log.slice(70, 120), 20)).toBeGreaterThanOrEqual(0.85);
    expect(refusedIn(log.slice(75, 120))).toBeLessThan(0.02);
    expect(shareOf(log.slice(540), 80)).toBeGreaterThanOrEqual(0.9);
  });

  it.each([20, 80, 600])('of %i a second survives an idle night', (limit) => {
    const sender = new Sender(new Hidden(limit), { seed: limit });
    sender.run(60);
    for (const hours of [1, 9, 100]) {
      sender.idle(hours * 3_600_000);
      const log = sender.run(60);
      expect(refusals(log.slice(0, 5))).toBeLessThanOrEqual(3);
      expect(refusedIn(log)).toBeLessThan(0.005);
      expect(shareOf(log.slice(5), limit)).toBeGreaterThanOrEqual(0.95);
      expect(sender.limit).toBeLessThanOrEqual(limit * 1.05 + 1);
    }
  });

  it('refusing everything is left alone, then restored', () => {
    const operator = new Hidden(80);
    const sender = new Sender(operator, { seed: 3 });
    const log = sender.run(120, (second) => {
      if (second === 30) operator.limit = 0;
      if (second === 90) operator.limit = 80;
    });
    expect(refusals(log.slice(32, 90))).toBeLessThanOrEqual(29 * 6);
    expect(shareOf(log.slice(93, 100), 80)).toBeGreaterThanOrEqual(0.9);
  });

  it('nearly failing is not hammered', () => {
    const operator = new Hidden(600);
    const log = new Sender(operator, { seed: 5 }).run(90, (second) => {
      if (second === 60) operator.limit = 6;
    });
    expect(refusals(log.slice(60))).toBeLessThanOrEqual(600);
  });
});

const BURST_AT = 120;

/** Simulates an account that refuses three messages in ten for a while; returns when nine tenths of `rate` are accepted again. */
function afterABurst({
  rate,
  statedLimit: told,
  lasts,
}: {
  rate: number;
  statedLimit?: number | undefined;
  lasts: number;
}) {
  const operator = new Hidden(told === undefined ? rate : Infinity);
  const sender = new Sender(operator, told === undefined ? { seed: 1 } : { seed: 1, told });
  const log = sender.run(BURST_AT + lasts + 300, (second) => {
    operator.atRandom = second >= BURST_AT && second < BURST_AT + lasts ? 0.3 : 0;
  });
  const after = log.slice(BURST_AT + lasts);
  return { log, after, back: backAt(after, rate) };
}

/** Returns the first of five seconds in a row that are as good as before. */
const backAt = (log: readonly Second[], rate: number): number =>
  log.findIndex((_, at) => log.slice(at, at + 5).every(({ taken }) => taken >= 0.9 * rate));

describe('an account that refuses three messages in ten at random for a while', () => {
  it.each([
    [10, 10],
    [100, 10],
    [100, 30],
    [600, 30],
    [600, 60],
  ])('returns to %i a second after %i seconds', (rate, lasts) => {
    const { log, after, back } = afterABurst({ rate, statedLimit: rate, lasts });
    expect(back).toBeGreaterThanOrEqual(0);
    expect(back).toBeLessThanOrEqual(60);
    expect(refusals(after.slice(1))).toBe(0);
    expect(Math.max(...log.map(({ taken, refused }) => taken + refused))).toBeLessThanOrEqual(rate + 1);
  });

  it.each([20, 80, 250])('returns to its hidden %i a second', (rate) => {
    const { after, back } = afterABurst({ rate, lasts: 30 });
    expect(back).toBeGreaterThanOrEqual(0);
    expect(back).toBeLessThanOrEqual(60);
    expect(refusals(after.slice(1))).toBeLessThanOrEqual(4);
  });
});

describe('a limit that fell for good', () => {
  // As many as where nothing is remembered of what went well before.
  it.each([
    [80, 20, 79],
    [600, 150, 569],
    [600, 60, 524],
  ])('from %i to %i costs %i refusals', (high, low, most) => {
    const operator = new Hidden(high);
    const log = new Sender(operator, { seed: 1 }).run(900, (second) => {
      if (second === 60) operator.limit = low;
      if (second === 660) operator.limit = high;
    });
    expect(refusals(log.slice(60, 660))).toBeLessThanOrEqual(most);
    expect(shareOf(log.slice(70, 660), low)).toBeGreaterThanOrEqual(0.95);
    expect(backAt(log.slice(660), high)).toBeLessThanOrEqual(60);
    expect(refusals(log.slice(660))).toBeLessThanOrEqual(3);
  });
});

describe('a rate that was accepted before', () => {
  const fallen = { base: 10, since: 0, hits: 2 };

  it.each([
    ['at once', 0, 10],
    ['in small steps at first', 5, 15],
    ['then faster, below half of it', 9, 38],
    ['ever more slowly above', 15, 97],
    ['and goes on in small steps', 20, 102],
  ])('is returned to: %s', (_how, seconds, limit) => {
    expect(limitAt(fallen, seconds * 1_000, 100)).toBe(limit);
  });

  it('never lowers a limit that is used', () => {
    const rates = fc.integer({ min: 1, max: 5_000 });
    const used = fc.integer({ min: 0, max: 400_000 });
    fc.assert(
      fc.property(rates, rates, used, fc.integer({ min: 2, max: 7 }), (base, good, usedMs, hits) => {
        const known = { base, since: 0, hits };
        const limit = limitAt(known, usedMs, good);
        expect(limit).toBeGreaterThanOrEqual(limitAt(known, usedMs));
        expect(limitAt(known, usedMs + 500, good)).toBeGreaterThanOrEqual(limit);
        expect(good > base || limit === limitAt(known, usedMs)).toBe(true);
      }),
    );
  });

  it.each([
    ['the limit before a fall', { base: 100, good: 0 }, { base: 60, since: 9_000 }, 100],
    ['the highest of several falls', { base: 60, good: 100 }, { base: 30, since: 9_000 }, 100],
    ['the same after a trial failing far below', { base: 10, good: 100 }, { base: 12, since: 60_000 }, 100],
    ['the limit a trial met above half', { base: 10, good: 100 }, { base: 80, since: 60_000 }, 80],
    [
      'the same after another worker’s recent lesson',
      { base: 60, good: 100 },
      { base: 62, since: -900 },
      100,
    ],
  ])('is %s', (_what, known, learned, good) => {
    expect(goodAfter({ ...known, since: 0, hits: 2 }, { ...learned, hits: 2 })).toBe(good);
  });
});

describe('a limit that an operator stated', () => {
  it.each([
    [100, 90],
    [100, 60],
    [600, 590],
  ])('of %i, really %i, is never passed', (told, limit) => {
    const sender = new Sender(new Hidden(limit), { seed: limit, told });
    const first = sender.run(180);
    expect(refusals(first.slice(0, 20))).toBeLessThanOrEqual(1.5 * told);
    expect(refusedIn(first.slice(20))).toBeLessThan(0.005);
    sender.idle(9 * 3_600_000);
    const later = sender.run(60);
    expect(refusals(later.slice(0, 5))).toBeLessThanOrEqual(3);
    expect(shareOf(later.slice(5), limit)).toBeGreaterThanOrEqual(0.95);
  });

  it('is nearly believed after one complaint', () => {
    const learned = learnt(undefined, { now: 0, usedMs: 0, accepted: 30, statedLimit: 100 });
    expect(learned).toEqual({ base: 97, since: 0, hits: 2 });
  });

  it('is the most that was tried', () => {
    const known = { base: 97, since: 0, hits: 2 };
    const complaint = { now: 9_000_000, usedMs: 9_000_000, accepted: 95, statedLimit: 100 };
    expect(learnt(known, complaint)).toMatchObject({ base: 97 });
    expect(learnt({ ...known, base: 500 }, complaint)).toMatchObject({ base: 95 });
  });
});

describe('a learned limit', () => {
  it('is none where nothing was taken', () => {
    const known = { base: 80, since: 0, hits: 3 };
    const complaint = { now: 60_000, usedMs: 0, accepted: 0 };
    expect(learnt(undefined, complaint)).toBeUndefined();
    expect(learnt(known, complaint)).toBe(known);
  });

  it.each([
    ['a minute', 7, 60_000],
    ['an hour', 2, 3_600_000],
    ['a week', 2, 604_800_000],
  ])('after %s without a complaint counts %i complaints', (_, hits, now) => {
    const known = { base: 80, since: 0, hits: 7 };
    expect(learnt(known, { now, usedMs: 2_000, accepted: 80 })).toMatchObject({ base: 80, hits });
  });

  it('barely exceeds what was accepted', () => {
    const known = { base: 80, since: 0, hits: 2 };
    const complaint = { now: 9_000_000, usedMs: 9_000_000 };
    expect(learnt(known, { ...complaint, accepted: 100 })).toMatchObject({ base: 106 });
    expect(learnt(known, { ...complaint, accepted: 30 })).toMatchObject({ base: 40 });
  });

  it('of a fall allows trials soon', () => {
    const fallen = learnt({ base: 80, since: 0, hits: 7 }, { now: 60_000, usedMs: 0, accepted: 20 });
    expect(fallen).toEqual({ base: 40, since: 60_000, hits: 2 });
  });

  it('is one at least, counting complaints singly', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            after: fc.integer({ min: 0, max: 100_000 }),
            usedMs: fc.integer({ min: 0, max: 100_000 }),
            accepted: fc.integer({ min: 0, max: 5_000 }),
            good: fc.integer({ min: 1, max: 5_000 }),
          }),
          { minLength: 1, maxLength: 50 },
        ),
        (complaints) => {
          let [known, now]: [Learned | undefined, number] = [undefined, 0];
          for (const { after, usedMs, accepted, good } of complaints) {
            now += after;
            const before = known === undefined ? Number.POSITIVE_INFINITY : limitAt(known, usedMs, good);
            const next: Learned = learnt(known, { now, usedMs, good, accepted: accepted + 1 }) ?? {
              base: 1,
              since: now,
              hits: 1,
            };
            expect(limitAt(next, 0)).toBeGreaterThanOrEqual(1);
            expect(limitAt(next, 0)).toBeLessThanOrEqual(Math.max(1, before));
            expect(learnt(next, { now: next.since + 100, usedMs, accepted: 5 })).toEqual(next);
            known = next;
          }
        },
      ),
    );
  });
});
