import { type Clock, Refusal } from '../../platform/index.ts';
import { budgets } from './budgets.ts';
import { Bound } from './form-bounds.ts';
import { Patience } from './patience.ts';

const { most, withinMs, waitMs, waiting } = budgets.signIns;

/** Keys that are none, by where they came from: whoever tries many waits before each further one is looked at. */
export class Attempts {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #failures = new Bound(most, withinMs);
  readonly #patience = new Patience({ most: waiting, longestMs: waitMs });

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Waits where many failed already; refuses where too many wait. */
  async wait(from: string): Promise<void> {
    const { left, resetMs } = this.#failures.standing(from, this.#clock.monotonic());
    if (left > 0 || (await this.#patience.wait(waitMs))) return;
    throw new Refusal('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil(resetMs / 1_000) });
  }

  /** A key was nobody's. */
  failed(from: string): void {
    this.#failures.admits(from, this.#clock.monotonic());
  }
}
