import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learnt, limitAt, type Learned } from '../../src/messages/learned-limit.ts';

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

/** A sender that keeps what it learnt, message by message. */
class Sender {
  readonly log: Second[];
  readonly #heard: { at: number; taken: boolean }[] = [];
  readonly #accepted: number[] = [];
  #known: Learned | undefined;
  #now = 0;
  #next = 0;

  constructor(seconds: number) {
    this.log = Array.from({ length: seconds }, () => ({ taken: 0, refused: 0 }));
  }

  run(operator: Hidden, jitter: () => number, change: (second: number) => void): Second[] {
    while (this.#now < this.log.length * 1_000) {
      change(Math.floor(this.#now / 1_000));
      this.#hear();
      if (this.#heard.length < CONNECTIONS && this.#now >= this.#next) this.#write(operator, jitter());
      else this.#rest();
    }
    return this.log;
  }

  #hear(): void {
    const now = this.#now;
    for (let first = this.#heard[0]; first !== undefined && first.at <= now; first = this.#heard[0]) {
      this.#heard.shift();
      if (first.taken) this.#accepted.push(first.at);
      else this.#known = learnt(this.#known, { now, accepted: lately(this.#accepted, now) });
    }
  }

  #write(operator: Hidden, late: number): void {
    const now = this.#now;
    const taken = operator.takes(now + late * JITTER_MS);
    const second = this.log[Math.floor(now / 1_000)];
    if (second !== undefined) second[taken ? 'taken' : 'refused'] += 1;
    this.#heard.push({ at: now + LATENCY_MS, taken });
    if (this.#known !== undefined)
      this.#next = Math.max(this.#next, now - 50) + 1_005 / limitAt(this.#known, now);
  }

  #rest(): void {
    const next = this.#next > this.#now ? this.#next : Infinity;
    this.#now = Math.min(next, this.#heard[0]?.at ?? Infinity, this.#now + 5);
  }
}

/** What came of each second. */
const sent = (
  operator: Hidden,
  seconds: number,
  about: { readonly jitter: () => number; readonly change?: (second: number) => void },
): Second[] => new Sender(seconds).run(operator, about.jitter, about.change ?? (() => undefined));

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

describe('a limit that an operator never told', () => {
  it.each([20, 80, 250, 600])('of %i a second is found within twenty seconds, and kept', (limit) => {
    const log = sent(new Hidden(limit), 180, { jitter: seededJitter(limit) });
    expect(shareOf(log.slice(20, 60), limit)).toBeGreaterThanOrEqual(0.95);
    expect(shareOf(log.slice(60), limit)).toBeGreaterThanOrEqual(0.95);
    expect(refusedIn(log.slice(20))).toBeLessThan(0.005);
  });

  it('that is lowered to a quarter is found again, and one that is raised is found in minutes', () => {
    const operator = new Hidden(80);
    const log = sent(operator, 600, {
      jitter: seededJitter(7),
      change: (second) => {
        if (second === 60) operator.limit = 20;
        if (second === 120) operator.limit = 80;
      },
    });
    expect(shareOf(log.slice(70, 120), 20)).toBeGreaterThanOrEqual(0.85);
    expect(refusedIn(log.slice(75, 120))).toBeLessThan(0.02);
    expect(shareOf(log.slice(540), 80)).toBeGreaterThanOrEqual(0.9);
  });

  it('that refuses everything is asked once a second', () => {
    const operator = new Hidden(80);
    const log = sent(operator, 60, {
      jitter: seededJitter(3),
      change: (second) => {
        if (second === 10) operator.limit = 0;
      },
    });
    expect(log.slice(30).reduce((sum, { refused }) => sum + refused, 0)).toBeLessThanOrEqual(31);
  });

  it('that was told is nearly believed after one complaint', () => {
    const lesson = learnt(undefined, { now: 0, accepted: 30, told: 100 });
    expect(lesson).toEqual({ base: 97, since: 0, hits: 2 });
    expect(learnt(undefined, { now: 0, accepted: 0 })).toBeUndefined();
  });

  it('is at least one, never rises at a complaint, and hears one complaint at a time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 5_000 })), {
          minLength: 1,
          maxLength: 50,
        }),
        (complaints) => {
          let [known, now]: [Learned | undefined, number] = [undefined, 0];
          for (const [after, accepted] of complaints) {
            now += after;
            const before = known === undefined ? Number.POSITIVE_INFINITY : limitAt(known, now);
            const next: Learned = learnt(known, { now, accepted: accepted + 1 }) ?? {
              base: 1,
              since: now,
              hits: 1,
            };
            expect(limitAt(next, now)).toBeGreaterThanOrEqual(1);
            expect(limitAt(next, now)).toBeLessThanOrEqual(Math.max(1, before));
            expect(learnt(next, { now: next.since + 100, accepted: 0 })).toEqual(next);
            known = next;
          }
        },
      ),
    );
  });
});
