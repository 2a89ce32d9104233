import { AnsweringThread } from '../threads/answering-thread.ts';
import { sealPeople, type SealedPeople, type SealingOrder } from './people-sealing.ts';

/** Seals people in this thread, or in another one of this process. */
export interface Sealer {
  seal(order: SealingOrder): Promise<SealedPeople>;
  close(): Promise<void>;
}

/** Bytes below which a file is sealed before a thread would have started. */
const WORTH_A_THREAD = 4 * 1024 * 1024;

/** Returns the sealer of a file of that many bytes: a large one has a thread of its own, so that others are served meanwhile. */
export const openSealer = (bytes: number): Sealer =>
  bytes < WORTH_A_THREAD ? sealerHere : new SealingThread();

const sealerHere: Sealer = {
  seal: (order) => Promise.resolve(sealPeople(order)),
  close: () => Promise.resolve(),
};

/** Heap limits of the thread, which holds a few hundred people at a time. */
const LITTLE = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };
/** Longer than any merge it waits for. */
const IDLE_MS = 60_000;

class SealingThread implements Sealer {
  readonly #thread = new AnsweringThread<SealingOrder, SealedPeople>({
    script: new URL('people-thread.ts', import.meta.url),
    limits: LITTLE,
    done: 'sealed',
    idleMs: IDLE_MS,
  });

  seal(order: SealingOrder): Promise<SealedPeople> {
    return this.#thread.ask(order, []);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
