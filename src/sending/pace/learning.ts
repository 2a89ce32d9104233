import type { Clock } from '../../platform/index.ts';
import { goodAfter, learnt, limitAt, mayGrow, type Learned } from './learned-limit.ts';

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
  /** Time for which the limit was used up since it may grow, in milliseconds. */
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
export class Learning {
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
   * Records a complaint of too fast a rate; `part` is this worker's share of what all send, `told` the limit that
   * the operator gave. Says whether slowing down is enough: not at the first time, when its second is full, nor
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
      hold(known, learned);
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
        if (learned !== undefined && learned.since >= (known.learned?.since ?? 0)) hold(known, learned);
      },
      () => undefined,
    );
  }

  /** A kept estimate is valid for all, this worker too; without the database the known one goes on. */
  async #keep(accountId: string, known: Known, learned: Learned): Promise<void> {
    const kept = await this.#store.keep(accountId, learned).catch(() => undefined);
    if (kept !== undefined && known.learned === learned) hold(known, kept);
  }
}

/** A new estimate starts unused. */
function hold(known: Known, learned: Learned): void {
  if (known.learned?.since === learned.since && known.learned.base === learned.base) return;
  known.good =
    known.learned === undefined ? learned.base : goodAfter({ ...known.learned, good: known.good }, learned);
  known.learned = learned;
  known.usedMs = 0;
}
