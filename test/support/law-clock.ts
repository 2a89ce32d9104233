import { instant, type Clock } from '../../src/platform/clock.ts';

/** Machine time as it is, law time shifted to where a test wants it. */
export class ShiftedClock implements Clock {
  revision = 1;
  #offsetMs = 0;

  /** Makes it this instant by the law, and lets it run on. */
  startAt(iso: string): this {
    this.#offsetMs = Date.parse(iso) - Date.now();
    return this;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  now() {
    return instant(Date.now() + this.#offsetMs);
  }

  machine(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  doubt(): string | undefined {
    return undefined;
  }
}
