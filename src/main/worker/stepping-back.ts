/** A look and its mark are two round trips, and a marked message is written within 250 ms of the look, or never. */
const SLOW_MS = 100;
/** A worker steps back when it is at least so many times as slow as a healthy one. */
const TIMES = 4;
/** Slow answers in a row that count: one alone says nothing. */
const IN_A_ROW = 3;
/** Milliseconds of good answers after which it comes back; longer each time that it stepped back again soon. */
const GOOD_FOR_MS = 10_000;
const GOOD_FOR_MOST_MS = 5 * 60_000;
/** Work taken again for lack of another worker stays so long: another that comes and goes moves it no faster. */
const TAKEN_FOR_MS = 5_000;
/** After so long without stepping back it begins again with the shortest time. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;

/** One round trip to PostgreSQL, with its time, and the others' round trips. */
export interface RoundTrip {
  readonly ms: number;
  /** Monotonic. */
  readonly at: number;
  /** By queue: the fastest round trip of another healthy worker that polls it. */
  readonly others: ReadonlyMap<string, number>;
}

/**
 * Decides from which queues a worker steps back, since it reaches PostgreSQL much later than another one that
 * serves them. By its own pace alone it never does: where all are slow, or nobody else is there, it goes on. The
 * fastest of a queue never steps back from it, so that somebody always serves it.
 */
export class SteppingBack {
  readonly #latest: number[] = [];
  readonly #back = new Set<string>();
  /** The start of the good round trips; undefined after a bad one. */
  #goodSince: number | undefined;
  #goodForMs = GOOD_FOR_MS;
  #steppedAt = Number.NEGATIVE_INFINITY;
  #takenAt = Number.NEGATIVE_INFINITY;

  /** Queues that are left to others. */
  get back(): ReadonlySet<string> {
    return this.#back;
  }

  /** Best round trip of this worker to PostgreSQL, in milliseconds; undefined until measured. */
  get paceMs(): number | undefined {
    return this.#latest.length < IN_A_ROW ? undefined : Math.min(...this.#latest);
  }

  /** Takes one more round trip into account. */
  read(trip: RoundTrip, queues: readonly string[]): void {
    this.#latest.push(trip.ms);
    if (this.#latest.length > IN_A_ROW) this.#latest.shift();
    const fastestMs = Math.min(...trip.others.values());
    const isGood = trip.ms < Math.max(SLOW_MS / 2, fastestMs * (TIMES / 2));
    this.#goodSince = isGood ? (this.#goodSince ?? trip.at) : undefined;
    for (const queue of queues) this.#decide(queue, trip);
  }

  #decide(queue: string, { at, others }: RoundTrip): void {
    const otherMs = others.get(queue);
    if (otherMs === undefined) this.#takeAgain(queue, at);
    else if (this.#back.has(queue) && this.#isGoodAgain(at)) this.#back.delete(queue);
    else if (!this.#back.has(queue) && this.#mayStepBack(at, otherMs)) this.#stepBack(queue, at);
  }

  #isGoodAgain(at: number): boolean {
    return this.#goodSince !== undefined && at - this.#goodSince >= this.#goodForMs;
  }

  #takeAgain(queue: string, at: number): void {
    if (this.#back.delete(queue)) this.#takenAt = at;
  }

  #mayStepBack(at: number, otherMs: number): boolean {
    const { paceMs } = this;
    if (at - this.#takenAt < TAKEN_FOR_MS) return false;
    return paceMs !== undefined && paceMs >= Math.max(SLOW_MS, otherMs * TIMES);
  }

  #stepBack(queue: string, at: number): void {
    // The queues of one moment are one step.
    if (this.#back.size === 0) {
      const isAgain = at - this.#steppedAt < FORGOTTEN_AFTER_MS;
      this.#goodForMs = isAgain ? Math.min(this.#goodForMs * 2, GOOD_FOR_MOST_MS) : GOOD_FOR_MS;
      this.#steppedAt = at;
    }
    this.#back.add(queue);
  }
}
