/** The width of the window: a second, with an allowance for timers and network. */
const SPAN_MS = 1_005;
/** The width below `SLOW_BELOW` a second, where one byte too early is a large part of the limit. */
const SLOW_SPAN_MS = 1_020;
const SLOW_BELOW = 100;
/**
 * First bytes are counted so long, since messages under a share given to another worker take another way to the
 * operator.
 */
const COUNTED_MS = 1_200;
/** Milliseconds ahead for which a token may be given, so that an evenly spread rate reaches its limit. */
const LOOK_AHEAD_MS = 50;
/** No token is given earlier before it is due: waiting requests would take one each, and mark it alone. */
const GIVEN_WITHIN_MS = 25;

/**
 * First bytes of the last second against a limit; no burst, not even the first. A token counts at the moment it is
 * due until its byte is sent, then at that moment: a byte delayed by a slow mark would otherwise be closer than a
 * second to the one that many later.
 */
export class SlidingLog {
  #limit = 0;
  /** In order of time. */
  readonly #bytes: number[] = [];
  #lastDue = Number.NEGATIVE_INFINITY;

  /** Sets messages a second from now on; earlier grants still count. */
  setLimit(limit: number): void {
    this.#limit = Math.max(0, Math.floor(limit));
  }

  get limit(): number {
    return this.#limit;
  }

  get #spanMs(): number {
    return this.#limit < SLOW_BELOW ? SLOW_SPAN_MS : SPAN_MS;
  }

  /** The maximum size of a call or group: a quarter of a second, at least one. */
  get largestGroup(): number {
    return Math.max(1, Math.floor(this.#limit / 4));
  }

  /** Returns the monotonic time at which the k-th next message may be written (k from 0). */
  dueAt(now: number, k: number): number {
    if (this.#limit === 0) return Number.POSITIVE_INFINITY;
    const spread = this.#spanMs / this.#limit;
    const spaced = Math.max(now + k * spread, this.#lastDue + (k + 1) * spread);
    const blocking = k < this.#limit ? this.#bytes.at(k - this.#limit) : undefined;
    return blocking === undefined ? spaced : Math.max(spaced, blocking + this.#spanMs);
  }

  /** Returns the number of messages written within the last 1.2 s, or that may still be written. */
  countedAt(now: number): number {
    this.#forget(now);
    return this.#bytes.length;
  }

  /** Returns how many of `n` may be given now: all that are due within the look-ahead, once the first of them is near. */
  givable(now: number, n: number): number {
    this.#forget(now);
    if (this.dueAt(now, 0) > now + GIVEN_WITHIN_MS) return 0;
    let given = 0;
    while (given < n && this.dueAt(now, given) <= now + LOOK_AHEAD_MS) given += 1;
    return given;
  }

  /** Takes a token due at that moment. */
  take(due: number): void {
    this.#insert(due);
    this.#lastDue = Math.max(this.#lastDue, due);
  }

  /** Records the first byte of a token: it counts, even if its token was forgotten meanwhile. */
  wrote(due: number, at: number): void {
    this.#remove(due);
    this.#insert(at);
  }

  /** Returns an unused token: another may have its place. */
  giveBack(due: number): void {
    if (this.#remove(due) && due === this.#lastDue)
      this.#lastDue = this.#bytes.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds until the next token is available; infinite without a share. */
  waitMs(now: number): number {
    this.#forget(now);
    return Math.max(0, this.dueAt(now, 0) - GIVEN_WITHIN_MS - now);
  }

  #insert(at: number): void {
    const behind = this.#bytes.findLastIndex((byte) => byte <= at);
    this.#bytes.splice(behind + 1, 0, at);
  }

  #remove(due: number): boolean {
    const at = this.#bytes.lastIndexOf(due);
    if (at >= 0) this.#bytes.splice(at, 1);
    return at >= 0;
  }

  #forget(now: number): void {
    const kept = this.#bytes.findIndex((byte) => byte > now - COUNTED_MS);
    this.#bytes.splice(0, kept === -1 ? this.#bytes.length : kept);
  }
}
