import type { Clock } from '../platform/index.ts';
import type { Temporal } from './connection.ts';

const AWAY_MS = 2_000;
const ANSWERS_WITHIN_MS = 2_000;

/** Checks whether Temporal is there, and reports its return after a while. */
export class Pulse {
  readonly #temporal: Temporal;
  readonly #clock: Clock;
  readonly #cameBack: () => Promise<void>;
  #seenAt: number;

  constructor(temporal: Temporal, clock: Clock, cameBack: () => Promise<void>) {
    this.#temporal = temporal;
    this.#clock = clock;
    this.#cameBack = cameBack;
    this.#seenAt = clock.monotonic();
  }

  /** True when Temporal answered just now. */
  get hasAnswered(): boolean {
    return this.#clock.monotonic() - this.#seenAt < AWAY_MS + ANSWERS_WITHIN_MS;
  }

  /** Asks once; throws while Temporal is away. `broken` workers are renewed as well. */
  async feel(broken: boolean): Promise<boolean> {
    const { connection, namespace } = this.#temporal;
    await connection.withDeadline(this.#clock.machine() + ANSWERS_WITHIN_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    const wasAway = this.#clock.monotonic() - this.#seenAt > AWAY_MS + ANSWERS_WITHIN_MS;
    if (wasAway || broken) await this.#cameBack();
    this.#seenAt = this.#clock.monotonic();
    return false;
  }
}
