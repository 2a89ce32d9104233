/** What waits is held in memory; whatever finds no place is left to others. */
const MOST = 1_000;

/** Does one thing after the other, since all of them would wait for the same lock. */
export class Afterwards {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Does it once all that came before is done; nothing that it throws is told. */
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
