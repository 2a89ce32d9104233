import { LearnedRateLimits, type LearnedLimitStore } from '../../../src/sending/pace/learned-rate-limit.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { seeded } from '../../support/seed.ts';

const LATENCY_MS = 50;
/** Calls on the wire at once. */
const CONNECTIONS = 100;
/** Timers and networks are late by this many milliseconds at most. */
const JITTER_MS = 4;

/** Counts the instants within the second before `at`. */
function lately(moments: readonly number[], at: number): number {
  let from = moments.length;
  while (from > 0 && (moments[from - 1] ?? 0) > at - 1_000) from -= 1;
  return moments.length - from;
}

/** An operator that accepts so many messages in any sliding second and refuses the rest, and some at random. */
export class Hidden {
  readonly taken: number[] = [];
  readonly refused: number[] = [];
  limit: number;
  /** The share of messages that it refuses whatever the rate. */
  atRandom = 0;
  readonly #dice = seeded(20_261);

  constructor(limit: number) {
    this.limit = limit;
  }

  takes(at: number): boolean {
    const isSpared = this.atRandom === 0 || this.#dice() >= this.atRandom;
    const takes = isSpared && lately(this.taken, at) < this.limit;
    (takes ? this.taken : this.refused).push(at);
    return takes;
  }
}

/** The counts of one second. */
export interface Second {
  taken: number;
  refused: number;
}

/** A store of learned limits that keeps nothing. */
const NOWHERE: LearnedLimitStore = { read: async () => undefined, keep: async () => undefined };
const ACCOUNT = 'account';
/** A sender that stops because it is too fast comes back after this. */
const REST_MS = 2_000;

/** A clock of simulated time. */
class SimulatedClock extends ShiftedClock {
  at = 0;

  override machine(): number {
    return this.at;
  }

  override monotonic(): number {
    return this.at;
  }
}

/** A sender that keeps its learned limit, message by message. */
export class Sender {
  readonly #operator: Hidden;
  readonly #jitter: () => number;
  readonly #told: number | null;
  readonly #clock = new SimulatedClock();
  readonly #learning = new LearnedRateLimits(NOWHERE, this.#clock);
  readonly #answers: { at: number; taken: boolean }[] = [];
  #next = 0;

  constructor(operator: Hidden, about: { readonly seed: number; readonly told?: number }) {
    this.#operator = operator;
    this.#jitter = seeded(about.seed);
    this.#told = about.told ?? null;
  }

  get limit(): number {
    return Math.min(this.#told ?? Infinity, this.#learning.limitOf(ACCOUNT) ?? Infinity);
  }

  /** Lets time pass without a message. */
  idle(ms: number): void {
    this.#clock.at += ms;
    this.#next = this.#clock.at;
  }

  /** Returns the counts of each of the next seconds. */
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
      else if (!this.#learning.complained(ACCOUNT, { part: 1, statedLimit: this.#told }))
        this.#next = Math.max(this.#next, now + REST_MS);
    }
  }

  /** Writes one message; says whether it is accepted. */
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

/** Returns the share accepted of what could have been. */
export const shareOf = (log: readonly Second[], limit: number): number =>
  log.reduce((sum, { taken }) => sum + taken, 0) / (log.length * limit);

/** Returns the share refused. */
export const refusedIn = (log: readonly Second[]): number => {
  const refused = log.reduce((sum, second) => sum + second.refused, 0);
  return refused / log.reduce((sum, { taken }) => sum + taken, refused);
};

/** Returns the number refused. */
export const refusals = (log: readonly Second[]): number =>
  log.reduce((sum, { refused }) => sum + refused, 0);
