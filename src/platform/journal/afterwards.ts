/** So many wait in memory; what comes after them is left to `replySettler`. */
const MOST = 1_000;

/** Runs what follows of replies one after the other: side by side they would wait for the same lock. */
export class Afterwards {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs it once everything that was added before has ended; what it throws is dropped. */
  readonly add = (work: () => Promise<unknown>): void => {
    if (this.#waiting >= MOST) return;
    this.#waiting += 1;
    this.#last = this.#last
      .then(work)
      .catch(() => undefined)
      .finally(() => {
        this.#waiting -= 1;
      });
  };
}
