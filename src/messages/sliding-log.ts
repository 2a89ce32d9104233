/** The width of the window: a second, and 5 ms for timers and the network. */
const SPAN_MS = 1_005;
/** How far ahead a token may be given, so that an evenly spread rate reaches its limit. */
const LOOK_AHEAD_MS = 50;

/** First bytes of the last second against a limit; no burst, not even the first. */
export class SlidingLog {
  #limit = 0;
  readonly #dues: number[] = [];

  /** Messages a second from now on; what was given before still counts. */
  setLimit(limit: number): void {
    this.#limit = Math.max(0, Math.floor(limit));
  }

  get limit(): number {
    return this.#limit;
  }

  /** Most messages one call or group may carry: a quarter of a second, at least one. */
  get largestGroup(): number {
    return Math.max(1, Math.floor(this.#limit / 4));
  }

  /** When the k-th next message may be written (k from 0), on the monotonic scale. */
  dueAt(now: number, k: number): number {
    if (this.#limit === 0) return Number.POSITIVE_INFINITY;
    const spread = SPAN_MS / this.#limit;
    const last = this.#dues.at(-1);
    const spaced =
      last === undefined ? now + k * spread : Math.max(last + (k + 1) * spread, now + k * spread);
    const blocking = this.#dues.at(k - this.#limit);
    return k < this.#limit && blocking !== undefined ? Math.max(spaced, blocking + SPAN_MS) : spaced;
  }

  /** How many of `n` may be given now, because they are due within the look-ahead. */
  givable(now: number, n: number): number {
    this.#forget(now);
    let given = 0;
    while (given < n && this.dueAt(now, given) <= now + LOOK_AHEAD_MS) given += 1;
    return given;
  }

  /** Takes a token due at that moment. */
  take(due: number): void {
    this.#dues.push(due);
  }

  /** Milliseconds until the next token is givable; infinite without a share. */
  waitMs(now: number): number {
    this.#forget(now);
    return Math.max(0, this.dueAt(now, 0) - LOOK_AHEAD_MS - now);
  }

  #forget(now: number): void {
    const first = this.#dues.findIndex((due) => due > now - SPAN_MS);
    if (first > 0) this.#dues.splice(0, first);
    else if (first === -1 && this.#dues.length > 1) this.#dues.splice(0, this.#dues.length - 1);
  }
}
