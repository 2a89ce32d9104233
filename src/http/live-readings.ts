import type { Clock } from '../clock.ts';

interface Reading<T> {
  readonly begunAt: number;
  readonly value: Promise<T>;
}

/** A hundred people who watch one campaign read it once a second, not a hundred times. */
export class LiveReadings<T> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #freshMs: number;
  readonly #latest = new Map<string, Reading<T>>();

  constructor(clock: Pick<Clock, 'monotonic'>, freshMs: number) {
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /** What was read of it a moment ago, else what `read` answers now. */
  of(name: string, read: () => Promise<T>): Promise<T> {
    const now = this.#clock.monotonic();
    const known = this.#latest.get(name);
    if (known !== undefined && now - known.begunAt < this.#freshMs) return known.value;
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
