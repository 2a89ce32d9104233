import { outageOf, throughContention } from '../../platform/index.ts';

/** Maximum number of entries committed by one transaction. */
const AT_ONCE = 500;

interface Waiting<T, R> {
  readonly item: T;
  readonly done: (result: R) => void;
  readonly failed: (cause: unknown) => void;
}

/** Commits entries together that came at the same time; each is answered after it. */
export class Together<T, R> {
  readonly #work: (items: readonly T[]) => Promise<readonly R[]>;
  readonly #waiting: Waiting<T, R>[] = [];
  #busy = false;

  /** `work` returns as many results as it gets items, in order. */
  constructor(work: (items: readonly T[]) => Promise<readonly R[]>) {
    this.#work = work;
  }

  /** Resolves once it is committed. */
  add(item: T): Promise<R> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (!this.#busy) void this.#empty();
    });
  }

  async #empty(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, AT_ONCE));
    this.#busy = false;
  }

  /** A failure of one entry is isolated by halves: the others are committed without it. */
  async #settle(some: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await throughContention(() => this.#work(some.map(({ item }) => item)));
      for (const [place, { done, failed }] of some.entries()) {
        const result = results[place];
        if (result === undefined) failed(new Error('a result is missing'));
        else done(result);
      }
    } catch (cause) {
      if (some.length > 1 && outageOf(cause) === undefined) {
        const half = Math.ceil(some.length / 2);
        await this.#settle(some.slice(0, half));
        await this.#settle(some.slice(half));
      } else for (const { failed } of some) failed(cause);
    }
  }
}
