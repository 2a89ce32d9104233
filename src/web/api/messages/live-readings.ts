import type { Clock } from '../../../platform/index.ts';

interface Reading<T> {
  readonly begunAt: number;
  readonly value: Promise<T>;
}

/** A hundred people who watch one campaign read it once a second, not a hundred times. */
export class LiveReadings<T> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #freshMs: number;
  readonly #latest = new Map<string, Reading<T>>();
  /** Readings that begin once those under way are over, for all who ask meanwhile. */
  readonly #next = new Map<string, Promise<T>>();

  constructor(clock: Pick<Clock, 'monotonic'>, freshMs: number) {
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /** What was read of it a moment ago, else what `read` answers now. */
  of(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.#latest.get(name);
    if (known !== undefined && this.#clock.monotonic() - known.begunAt < this.#freshMs) return known.value;
    return this.#begin(name, read);
  }

  /** What is read of it from now on: a page was drawn before this, and must not be told of what was earlier. */
  fromNow(name: string, read: () => Promise<T>): Promise<T> {
    const next = this.#next.get(name);
    if (next !== undefined) return next;
    const underWay = this.#latest.get(name)?.value ?? Promise.resolve();
    const begin = (): Promise<T> => {
      this.#next.delete(name);
      return this.#begin(name, read);
    };
    const value = underWay.then(begin, begin);
    this.#next.set(name, value);
    return value;
  }

  #begin(name: string, read: () => Promise<T>): Promise<T> {
    const now = this.#clock.monotonic();
    this.#forgetOld(now);
    const value = read();
    this.#latest.set(name, { begunAt: now, value });
    return value;
  }

  /** Streams are few, and so are the names they ask for. */
  #forgetOld(now: number): void {
    for (const [name, { begunAt }] of this.#latest)
      if (now - begunAt >= this.#freshMs) this.#latest.delete(name);
  }
}
