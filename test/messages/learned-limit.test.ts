import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnt, limitAt, type Learned } from '../../src/messages/learned-limit.ts';
import { Learning, type LessonStore } from '../../src/messages/learning.ts';
import { ShiftedClock } from '../support/law-clock.ts';

const LATENCY_MS = 50;
/** Calls on the wire at once. */
const CONNECTIONS = 100;
/** Timers and networks are late by up to so much. */
const JITTER_MS = 4;

/** How many of the latest are of the second before `at`. */
function lately(moments: readonly number[], at: number): number {
  let from = moments.length;
  while (from > 0 && (moments[from - 1] ?? 0) > at - 1_000) from -= 1;
  return moments.length - from;
}

/** An operator that takes so many in any sliding second, and refuses the rest. */
class Hidden {
  readonly taken: number[] = [];
  readonly refused: number[] = [];
  limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  takes(at: number): boolean {
    const takes = lately(this.taken, at) < this.limit;
    (takes ? this.taken : this.refused).push(at);
    return takes;
  }
}

interface Second {
  taken: number;
  refused: number;
}

/** Lessons that end with the process. */
const NOWHERE: LessonStore = { read: async () => undefined, keep: async () => undefined };
const ACCOUNT = 'account';
/** Who is told that it is too fast, and does not go on, comes back after this. */
const REST_MS = 2_000;

/** A machine whose time passes as the simulation wants. */
class SimulatedClock extends ShiftedClock {
  at = 0;

  override machine(): number {
    return this.at;
  }

  override monotonic(): number {
    return this.at;
  }
}

/** A sender that keeps to what it learnt, message by message. */
class Sender {
  readonly #operator: Hidden;
  readonly #jitter: () => number;
  readonly #told: number | null;
  readonly #clock = new SimulatedClock();
  readonly #learning = new Learning(NOWHERE, this.#clock);
  readonly #answers: { at: number; taken: boolean }[] = [];
  #next = 0;

  constructor(operator: Hidden, about: { readonly seed: number; readonly told?: number }) {
    this.#operator = operator;
    this.#jitter = seededJitter(about.seed);
    this.#told = about.told ?? null;
  }

  get limit(): number {
    return Math.min(this.#told ?? Infinity, this.#learning.limitOf(ACCOUNT) ?? Infinity);
  }

  /** Nobody is written to for so long. */
  idle(ms: number): void {
    this.#clock.at += ms;
    this.#next = this.#clock.at;
  }

  /** What comes of each of the next seconds. */
  run(seconds: number, change: (second: number) => void = () => undefined): Second[] {
    const log = Array.from({ length: seconds }, () => ({ taken: 0, refused: 0 }));
    const from = this.#clock.at;
    while (this.#clock.at < from + seconds * 1_000) {
      const second = Math.floor((this.#clock.at - from) / 1_000);
      change(second);
      this.#hear();
      const mayWrite = this.#answers.length < CONNECTIONS && this.#clock.at >= this.#next;
      if (!mayWrite) this.#rest();
      else if (this.#write() && log[second] !== undefined) log[second].taken += 1;
      else if (log[second] !== undefined) log[second].refused += 1;
    }
    return log;
  }

  #hear(): void {
    const { at: now } = this.#clock;
    for (let first = this.#answers[0]; first !== undefined && first.at <= now; first = this.#answers[0]) {
      this.#answers.shift();
      if (first.taken) this.#learning.took(ACCOUNT, { messages: 1, part: 1 });
      else if (!this.#learning.complained(ACCOUNT, { part: 1, told: this.#told }))
        this.#next = Math.max(this.#next, now + REST_MS);
    }
  }

  /** Writes one message; answers whether it is taken. */
  #write(): boolean {
    const { at: now } = this.#clock;
    const taken = this.#operator.takes(now + this.#jitter() * JITTER_MS);
    this.#answers.push({ at: now + LATENCY_MS, taken });
    if (this.limit !== Infinity) this.#next = Math.max(this.#next, now - 50) + 1_005 / this.limit;
    return taken;
  }

  #rest(): void {
    const { at: now } = this.#clock;
    const next = this.#next > now ? this.#next : Infinity;
    this.#clock.at = Math.min(next, this.#answers[0]?.at ?? Infinity, now + 5);
  }
}

const shareOf = (log: readonly Second[], limit: number): number =>
  log.reduce((sum, { taken }) => sum + taken, 0) / (log.length * limit);

const refusedIn = (log: readonly Second[]): number => {
  const refused = log.reduce((sum, second) => sum + second.refused, 0);
  return refused / log.reduce((sum, { taken }) => sum + taken, refused);
};

/** The same sequence each time. */
const seededJitter = (seed: number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};

const refusals = (log: readonly Second[]): number => log.reduce((sum, { refused }) => sum + refused, 0);

describe('a limit that an operator never told', () => {
  it.each([20, 80, 250, 600])('of %i a second is found within twenty seconds, and kept', (limit) => {
    const log = new Sender(new Hidden(limit), { seed: limit }).run(180);
    expect(shareOf(log.slice(20, 60), limit)).toBeGreaterThanOrEqual(0.95);
    expect(shareOf(log.slice(60), limit)).toBeGreaterThanOrEqual(0.95);
    expect(refusedIn(log.slice(20))).toBeLessThan(0.005);
  });

  it('that is lowered to a quarter is found again, and one that is raised is found in minutes', () => {
    const operator = new Hidden(80);
    const log = new Sender(operator, { seed: 7 }).run(600, (second) => {
      if (second === 60) operator.limit = 20;
      if (second === 120) operator.limit = 80;
    });
    expect(shareOf(log.slice(70, 120), 20)).toBeGreaterThanOrEqual(0.85);
    expect(refusedIn(log.slice(75, 120))).toBeLessThan(0.02);
    expect(shareOf(log.slice(540), 80)).toBeGreaterThanOrEqual(0.9);
  });

  it.each([20, 80, 600])('of %i a second is no higher after a night without a message', (limit) => {
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

  it('that refuses everything is left alone, and written to as before once it takes again', () => {
    const operator = new Hidden(80);
    const sender = new Sender(operator, { seed: 3 });
    const log = sender.run(120, (second) => {
      if (second === 30) operator.limit = 0;
      if (second === 90) operator.limit = 80;
    });
    expect(refusals(log.slice(32, 90))).toBeLessThanOrEqual(29 * 6);
    expect(shareOf(log.slice(93, 100), 80)).toBeGreaterThanOrEqual(0.9);
  });

  it('that nearly fails is not hammered at its old rate', () => {
    const operator = new Hidden(600);
    const log = new Sender(operator, { seed: 5 }).run(90, (second) => {
      if (second === 60) operator.limit = 6;
    });
    expect(refusals(log.slice(60))).toBeLessThanOrEqual(600);
  });
});

describe('a limit that an operator told', () => {
  it.each([
    [100, 90],
    [100, 60],
    [600, 590],
  ])('of %i a second, where it takes %i, is slowed soon and never passed', (told, limit) => {
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
    const lesson = learnt(undefined, { now: 0, usedMs: 0, accepted: 30, told: 100 });
    expect(lesson).toEqual({ base: 97, since: 0, hits: 2 });
  });

  it('is the most that was tried, however much more was thought of', () => {
    const known = { base: 97, since: 0, hits: 2 };
    const complaint = { now: 9_000_000, usedMs: 9_000_000, accepted: 95, told: 100 };
    expect(learnt(known, complaint)).toMatchObject({ base: 97 });
    expect(learnt({ ...known, base: 500 }, complaint)).toMatchObject({ base: 95 });
  });
});

describe('a lesson', () => {
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

  it('is of hardly more than was taken, however much more was thought of', () => {
    const known = { base: 80, since: 0, hits: 2 };
    const complaint = { now: 9_000_000, usedMs: 9_000_000 };
    expect(learnt(known, { ...complaint, accepted: 100 })).toMatchObject({ base: 106 });
    expect(learnt(known, { ...complaint, accepted: 30 })).toMatchObject({ base: 40 });
  });

  it('of a fall lets more be tried soon: trials beyond the old limit count no more', () => {
    const fallen = learnt({ base: 80, since: 0, hits: 7 }, { now: 60_000, usedMs: 0, accepted: 20 });
    expect(fallen).toEqual({ base: 40, since: 60_000, hits: 2 });
  });

  it('is at least one, never rises at a complaint, and hears one complaint at a time', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            after: fc.integer({ min: 0, max: 100_000 }),
            usedMs: fc.integer({ min: 0, max: 100_000 }),
            accepted: fc.integer({ min: 0, max: 5_000 }),
          }),
          { minLength: 1, maxLength: 50 },
        ),
        (complaints) => {
          let [known, now]: [Learned | undefined, number] = [undefined, 0];
          for (const { after, usedMs, accepted } of complaints) {
            now += after;
            const before = known === undefined ? Number.POSITIVE_INFINITY : limitAt(known, usedMs);
            const next: Learned = learnt(known, { now, usedMs, accepted: accepted + 1 }) ?? {
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
