import type { Clock } from '../../platform/index.ts';

/** The store of estimates for all workers; each call returns the valid one. */
export interface LearnedLimitStore {
  read(accountId: string): Promise<Learned | undefined>;
  /** Keeps an estimate unless another worker just made one. */
  keep(accountId: string, learned: Learned): Promise<Learned | undefined>;
}

const READ_EVERY_MS = 5_000;

/** Share of a limit above which it is used up: answers are late, and a worker is not always at its best. */
const USED_UP = 0.8;

/** Milliseconds between two answers at the lowest limit. */
const LONGEST_USE_MS = 1_000;

interface Known {
  learned: Learned | undefined;
  /** Messages a second that succeeded before the limit fell. */
  good: number;
  readAt: number;
  /** Accepted messages, and calls that were too fast. */
  readonly taken: RecentCount;
  readonly refused: RecentCount;
  tookAt: number;
  /** Milliseconds for which the limit was used up since it was allowed to grow. */
  usedMs: number;
}

/** The slots of a second's count, in milliseconds. */
const SLOT_MS = 20;
const SLOTS = 50;

/** Counts events of the last second, or a slot less. */
class RecentCount {
  readonly #bySlot = new Map<number, number>();

  add(count: number, now: number): void {
    const slot = slotOf(now);
    this.#bySlot.set(slot, (this.#bySlot.get(slot) ?? 0) + count);
    for (const old of this.#bySlot.keys()) {
      if (old > slot - SLOTS) break;
      this.#bySlot.delete(old);
    }
  }

  sum(now: number): number {
    const slot = slotOf(now);
    return [...this.#bySlot].reduce((sum, [at, count]) => sum + (at > slot - SLOTS ? count : 0), 0);
  }
}

const slotOf = (now: number): number => Math.floor(now / SLOT_MS);

/** One worker's knowledge of undocumented limits. */
export class LearnedRateLimits {
  readonly #store: LearnedLimitStore;
  readonly #clock: Clock;
  readonly #accounts = new Map<string, Known>();

  constructor(store: LearnedLimitStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Returns the messages a second to try at an account; undefined while it never complained. */
  limitOf(accountId: string): number | undefined {
    const known = this.#known(accountId);
    if (this.#clock.monotonic() - known.readAt >= READ_EVERY_MS) this.#read(accountId, known);
    return known.learned && limitAt(known.learned, known.usedMs, known.good);
  }

  /** Records acceptances; `part` is this worker's share of what all send. */
  took(accountId: string, { messages, part }: { readonly messages: number; readonly part: number }): void {
    const known = this.#known(accountId);
    const now = this.#clock.monotonic();
    known.taken.add(messages, now);
    if (this.#usesUp(known, part)) known.usedMs += Math.min(LONGEST_USE_MS, now - known.tookAt);
    known.tookAt = now;
  }

  /**
   * Records a complaint of too fast a rate; `part` is this worker's share of what all send, `statedLimit`
   * the operator's own limit in messages a second. Says whether slowing down is enough: not at the first time, when its second is full, nor
   * when it accepts no more than it refuses.
   */
  complained(
    accountId: string,
    { part, statedLimit }: { readonly part: number; readonly statedLimit: number | null },
  ): boolean {
    const known = this.#known(accountId);
    const now = this.#clock.monotonic();
    known.refused.add(1, now);
    const taken = known.taken.sum(now);
    const learned = learnt(known.learned, {
      now: this.#clock.machine(),
      usedMs: known.usedMs,
      good: known.good,
      accepted: Math.round(taken / part),
      statedLimit: statedLimit ?? undefined,
    });
    if (learned === undefined) return false;
    if (learned !== known.learned) {
      adopt(known, learned);
      void this.#keep(accountId, known, learned);
    }
    return learned.hits > 1 && taken > known.refused.sum(now);
  }

  /** An idle hour teaches nothing: only a used-up limit may grow. */
  #usesUp({ learned, good, taken, usedMs }: Known, part: number): boolean {
    if (learned === undefined || !mayGrow(learned, this.#clock.machine())) return false;
    return taken.sum(this.#clock.monotonic()) / part >= USED_UP * limitAt(learned, usedMs, good);
  }

  #known(accountId: string): Known {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const never = Number.NEGATIVE_INFINITY;
    const counts = { taken: new RecentCount(), refused: new RecentCount() };
    const made: Known = { learned: undefined, good: 0, readAt: never, ...counts, tookAt: never, usedMs: 0 };
    this.#accounts.set(accountId, made);
    return made;
  }

  #read(accountId: string, known: Known): void {
    known.readAt = this.#clock.monotonic();
    void this.#store.read(accountId).then(
      (learned) => {
        if (learned !== undefined && learned.since >= (known.learned?.since ?? 0)) adopt(known, learned);
      },
      () => undefined,
    );
  }

  /** A kept estimate is valid for all, this worker too; without the database the known one goes on. */
  async #keep(accountId: string, known: Known, learned: Learned): Promise<void> {
    const kept = await this.#store.keep(accountId, learned).catch(() => undefined);
    if (kept !== undefined && known.learned === learned) adopt(known, kept);
  }
}

/** Takes over an estimate, which counts as unused from then on. */
function adopt(known: Known, learned: Learned): void {
  if (known.learned?.since === learned.since && known.learned.base === learned.base) return;
  known.good =
    known.learned === undefined ? learned.base : goodAfter({ ...known.learned, good: known.good }, learned);
  known.learned = learned;
  known.usedMs = 0;
}

/** An operator's undocumented limit, inferred from its answers. */
export interface Learned {
  /** Messages a second that it accepted without complaint, or should. */
  readonly base: number;
  /** Epoch milliseconds of the machine at the last complaint. */
  readonly since: number;
  /** The number of recent complaints. */
  readonly hits: number;
}

interface Complaint {
  readonly now: number;
  /** Milliseconds for which the limit was used up since it was allowed to grow. */
  readonly usedMs: number;
  /** Messages a second that succeeded before the limit fell; those of the last estimate when absent. */
  readonly good?: number | undefined;
  /** Messages accepted within the last second. */
  readonly accepted: number;
  /** The operator's own limit in messages a second, if given. */
  readonly statedLimit?: number | undefined;
}

/** Complaints about messages written before the last estimate teach nothing new, in milliseconds. */
export const SETTLES_MS = 1_500;

/** The first estimate may be far too low: the rate grows again soon. */
const FIRST_REST_MS = 2_000;
const FIRST_GROWTH = 1.05;

/** Later estimates are close: the rate grows seldom, and less often after each failure. */
const REST_MS = 20_000;
const LONGEST_REST_MS = 600_000;
const MOST_HITS = 7;

/** One complaint is forgotten for each such time without another. */
const FORGETS_MS = 600_000;

/** Each step of growth is this share of the limit: trying it costs one or two refused messages. */
const STEP = 0.01;
const BACK = 0.97;

/** A known limit is approached in small steps: only successful ones raise it. */
const CAREFUL_S = 5;

/** Growth in a second, below half of the good rate; a worker counts acceptances of a second, and must keep up. */
const CLIMB = 1.4;

/** Seconds from half of the good rate to all of it: as steep at first as the climb before. */
const NEARS_S = 8;

/** Answers are counted late: the tried rate exceeds the accepted one by a tenth at most. */
const UNCOUNTED = 10;

/**
 * Returns the messages a second to try after so long at the limit; whole, at least one. `good` is the successful
 * rate before it fell: a limit that fell for nothing returns to it, as CUBIC does.
 */
export function limitAt({ base, hits }: Learned, usedMs: number, good = base): number {
  const seconds = usedMs / 1_000;
  if (hits <= 1) return Math.max(1, Math.floor(base * FIRST_GROWTH ** Math.min(seconds, 200)));
  return Math.max(1, Math.floor(Math.max(stepwise(base, seconds), returning(base, good, seconds))));
}

const stepwise = (from: number, seconds: number): number => from + seconds * Math.max(1, from * STEP);

/**
 * Returns the rate after some seconds: it climbs below half of the good rate, nears it ever more slowly, and goes on
 * in small steps.
 */
function returning(base: number, good: number, seconds: number): number {
  const since = seconds - CAREFUL_S;
  if (since <= 0 || good <= base) return base;
  const half = good / 2;
  const climbs = Math.max(0, Math.log(half / base) / Math.log(CLIMB));
  if (since < climbs) return base * CLIMB ** since;
  const left = NEARS_S * Math.cbrt((good - Math.max(base, half)) / half) - (since - climbs);
  return left > 0 ? good - half * (left / NEARS_S) ** 3 : stepwise(good, -left);
}

/** Returns the successful rate before an estimate; a trial that failed above half of it found a limit. */
export function goodAfter(known: Learned & { readonly good: number }, learned: Learned): number {
  if (learned.base < known.base) return Math.max(known.good, known.base);
  // Another worker drew an estimate from the same complaints: nothing was tried in between.
  const isSame = learned.since - known.since < SETTLES_MS;
  return isSame || learned.base < known.good / 2 ? known.good : learned.base;
}

/** Says whether the rest after a complaint is over. */
function mayGrow({ since, hits }: Learned, now: number): boolean {
  const rest = hits <= 1 ? FIRST_REST_MS : Math.min(LONGEST_REST_MS, REST_MS * 2 ** (hits - 2));
  return now - since >= rest;
}

/**
 * Infers a limit from one complaint: a little less than was tried; half, where little was accepted. Undefined where
 * nothing was accepted: that is a refusal, not a limit.
 */
export function learnt(known: Learned | undefined, complaint: Complaint): Learned | undefined {
  const { now, accepted } = complaint;
  if (accepted === 0) return known;
  if (known === undefined) return firstEstimate(complaint);
  if (now - known.since < SETTLES_MS) return known;
  const tried = triedAt(known, complaint);
  const less = lessThan(tried);
  // A limit that held for a while is not given up because a trial beyond it failed.
  if (tried > known.base) return { base: Math.max(known.base, less), since: now, hits: onceMore(known, now) };
  const base = Math.max(1, Math.min(less, Math.max(accepted, Math.floor(tried / 2))));
  // The limit has changed: earlier trials beyond it no longer count.
  return { base, since: now, hits: 2 };
}

function firstEstimate({ now, accepted, statedLimit }: Complaint): Learned {
  if (statedLimit === undefined) return { base: accepted, since: now, hits: 1 };
  // The documented limit is nearly true: a clock or a network was late.
  return { base: Math.max(1, lessThan(statedLimit)), since: now, hits: 2 };
}

const triedAt = (known: Learned, { usedMs, good, accepted, statedLimit }: Complaint): number =>
  Math.min(
    limitAt(known, usedMs, good),
    statedLimit ?? Infinity,
    Math.max(known.base, accepted + Math.ceil(accepted / UNCOUNTED)),
  );

const lessThan = (tried: number): number => Math.min(Math.floor(tried * BACK), tried - 1);

const onceMore = ({ since, hits }: Learned, now: number): number =>
  Math.min(MOST_HITS, Math.max(1, hits - Math.floor((now - since) / FORGETS_MS)) + 1);
