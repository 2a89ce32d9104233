/** The limit in memory; later work is left to `replySettler`. */
const MOST = 1_000;

/** Runs the work after replies one by one: in parallel it would wait for the same lock. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Runs the work after all that was added before; its errors are dropped. */
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
