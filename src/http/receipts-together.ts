import { outageOf } from '../database/outage.ts';
import type { ReceiptEvent } from '../gateways/gateway.ts';

/** Calls whose receipts are kept by one commit, at most. */
const AT_ONCE = 500;

interface Waiting {
  readonly events: readonly ReceiptEvent[];
  readonly kept: () => void;
  readonly failed: (cause: unknown) => void;
}

/** Keeps the receipts of calls that came at the same time by one commit; each call is answered after it. */
export class ReceiptsTogether {
  readonly #keep: (events: readonly ReceiptEvent[]) => Promise<void>;
  readonly #waiting: Waiting[] = [];
  #busy = false;

  constructor(keep: (events: readonly ReceiptEvent[]) => Promise<void>) {
    this.#keep = keep;
  }

  /** Resolves once they are committed. */
  keep(events: readonly ReceiptEvent[]): Promise<void> {
    return new Promise((kept, failed) => {
      this.#waiting.push({ events, kept, failed });
      if (!this.#busy) void this.#empty();
    });
  }

  async #empty(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, AT_ONCE));
    this.#busy = false;
  }

  /** What only one call's receipts bar is found by halves: the others are kept without it. */
  async #settle(some: readonly Waiting[]): Promise<void> {
    try {
      await this.#keep(some.flatMap(({ events }) => events));
      for (const { kept } of some) kept();
    } catch (cause) {
      if (some.length > 1 && outageOf(cause) === undefined) {
        const half = Math.ceil(some.length / 2);
        await this.#settle(some.slice(0, half));
        await this.#settle(some.slice(half));
      } else for (const { failed } of some) failed(cause);
    }
  }
}
