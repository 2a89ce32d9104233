import type { Ending } from '../../activities/attempt.ts';

/** What this worker took from each queue, and whether it leaves it to others. */
export class Handover {
  readonly #left = new Map<string, AbortController>();

  /** Aborted while what came from that queue is left to others; what begins later is given another one. */
  readonly leaves: Ending['leaves'] = (queue) => this.#of(queue).signal;

  /** Leaves what came from these queues, and keeps what came from any other. */
  leave(queues: ReadonlySet<string>): void {
    for (const queue of queues) this.#of(queue).abort();
    for (const [queue, { signal }] of this.#left)
      if (signal.aborted && !queues.has(queue)) this.#left.set(queue, new AbortController());
  }

  #of(queue: string): AbortController {
    const known = this.#left.get(queue) ?? new AbortController();
    this.#left.set(queue, known);
    return known;
  }
}
