import { setTimeout as pause } from 'node:timers/promises';

/** Lets requests wait for their time, a bounded number of them at once. */
export class BoundedWait {
  readonly #most: number;
  readonly #longestMs: number;
  #waiting = 0;

  constructor({ most, longestMs }: { readonly most: number; readonly longestMs: number }) {
    this.#most = most;
    this.#longestMs = longestMs;
  }

  /** Waits so long, and says whether it did: not when too many wait already, nor beyond the limit. */
  async wait(ms: number): Promise<boolean> {
    if (ms > this.#longestMs || this.#waiting >= this.#most) return false;
    this.#waiting += 1;
    await pause(ms);
    this.#waiting -= 1;
    return true;
  }
}
