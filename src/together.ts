import { outageOf } from './database/outage.ts';

/** How much goes together, and into how many pieces it falls when something among it bars all of it. */
interface Grouping {
  /** What is committed by one transaction, at most. */
  readonly most: number;
  /** What waits for its transaction, at most: what comes beyond is refused at once. */
  readonly waiting: number;
  readonly pieces: 'halves' | 'each alone';
}

const LARGE: Grouping = { most: 500, waiting: 20_000, pieces: 'halves' };

interface Waiting<T, R> {
  readonly item: T;
  readonly done: (result: R) => void;
  readonly failed: (cause: unknown) => void;
}

/** Commits together what came at the same time; each is answered after it. */
export class Together<T, R> {
  readonly #work: (items: readonly T[]) => Promise<readonly R[]>;
  readonly #grouping: Grouping;
  readonly #waiting: Waiting<T, R>[] = [];
  #busy = false;

  /** `work` answers as many results as it is given items, in their order. */
  constructor(work: (items: readonly T[]) => Promise<readonly R[]>, grouping = LARGE) {
    this.#work = work;
    this.#grouping = grouping;
  }

  /** Resolves once it is committed. */
  add(item: T): Promise<R> {
    if (this.#waiting.length >= this.#grouping.waiting) return Promise.reject(new Crowded('too many wait'));
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (!this.#busy) void this.#empty();
    });
  }

  async #empty(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, this.#grouping.most));
    this.#busy = false;
  }

  /** What only one of them bars is found by trying its pieces: the others are committed without it. */
  async #settle(some: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.#work(some.map(({ item }) => item));
      for (const [place, { done, failed }] of some.entries()) {
        const result = results[place];
        if (result === undefined) failed(new Error('a result is missing'));
        else done(result);
      }
    } catch (cause) {
      if (some.length > 1 && outageOf(cause) === undefined) {
        const size = this.#grouping.pieces === 'halves' ? Math.ceil(some.length / 2) : 1;
        for (let from = 0; from < some.length; from += size)
          await this.#settle(some.slice(from, from + size));
      } else for (const { failed } of some) failed(cause);
    }
  }
}

/** So many wait that one more would not be done in time. */
class Crowded extends Error {
  override readonly name = 'Crowded';
}
