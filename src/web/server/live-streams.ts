import { Refusal } from '../../platform/index.ts';
import { budgets } from './budgets.ts';
import { fault } from '../../words/index.ts';

const { most: MOST_OPEN, ofKey: MOST_OF_A_KEY } = budgets.streams;

/** The open streams of one api process: limited in all and for one key. */
export class LiveStreams {
  readonly #stopping = new AbortController();
  readonly #held = new Map<string, number>();

  /** Aborted once this process stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Count of open streams. */
  get open(): number {
    return [...this.#held.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Takes a place for a key, or refuses; returns the function that gives it back. */
  take(keyId: string): () => void {
    const held = this.#held.get(keyId) ?? 0;
    if (held >= MOST_OF_A_KEY || this.open >= MOST_OPEN)
      throw new Refusal('TOO_MANY_REQUESTS', {
        detail: fault('A key follows {key} things at once, an api process {all}: close a stream first.', {
          key: MOST_OF_A_KEY,
          all: MOST_OPEN,
        }),
        retryAfterSeconds: 10,
      });
    this.#held.set(keyId, held + 1);
    return () => {
      const left = (this.#held.get(keyId) ?? 1) - 1;
      if (left > 0) this.#held.set(keyId, left);
      else this.#held.delete(keyId);
    };
  }

  /** Ends them all. */
  end(): void {
    this.#stopping.abort();
  }
}
