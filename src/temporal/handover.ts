import type { StopSignals } from '../../activities/attempt.ts';

/** The queues this worker takes from, and whether it hands their work over. */
export class Handover {
  readonly #left = new Map<string, AbortController>();

  /** Aborted while work from that queue is handed over; later work gets another signal. */
  readonly leaves: StopSignals['leaves'] = (queue) => this.#of(queue).signal;

  /** Hands over work from these queues, and keeps that of any other. */
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
