import { Worker } from 'node:worker_threads';
import { sealPeople, type SealedPeople, type SealingOrder } from './people-sealing.ts';

/** Whoever seals people: this thread, or another one of this process. */
export interface Sealer {
  seal(order: SealingOrder): Promise<SealedPeople>;
  close(): Promise<void>;
}

/** A file of less is sealed before a thread has started. */
const WORTH_A_THREAD = 4 * 1024 * 1024;

/** Seals a file of that many bytes: a large one in a thread of its own, so that others are served meanwhile. */
export const openSealer = (bytes: number): Sealer =>
  bytes < WORTH_A_THREAD ? sealerHere : new SealingThread();

const sealerHere: Sealer = {
  seal: (order) => Promise.resolve(sealPeople(order)),
  close: () => Promise.resolve(),
};

/** It holds a few hundred people at a time. */
const LITTLE = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };

/** A thread that ended with orders unanswered. */
class SealingThreadEnded extends Error {
  override readonly name = 'SealingThreadEnded';
}

interface Waiting {
  readonly answer: (sealed: SealedPeople) => void;
  readonly fail: (error: Error) => void;
}

class SealingThread implements Sealer {
  readonly #thread = new Worker(new URL('people-thread.ts', import.meta.url), { resourceLimits: LITTLE });
  readonly #waiting: Waiting[] = [];
  #ended: Error | undefined;

  constructor() {
    this.#thread.on('message', (sealed: SealedPeople) => this.#waiting.shift()?.answer(sealed));
    this.#thread.on('error', (error: Error) => this.#failAll(error));
    this.#thread.on('exit', () => this.#failAll(new SealingThreadEnded('before everything was sealed')));
  }

  seal(order: SealingOrder): Promise<SealedPeople> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((answer, fail) => {
      // An order that cannot be passed on leaves no place in the row of answers.
      this.#thread.postMessage(order, []);
      this.#waiting.push({ answer, fail });
    });
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #failAll(error: Error): void {
    this.#ended ??= error;
    for (const { fail } of this.#waiting.splice(0)) fail(error);
  }
}
