import { Worker, type ResourceLimits } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';

/** Thrown for orders that a thread left unanswered when it ended or became unintelligible. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

/** An order for a thread and the thread's answer, matched by turn number whatever is lost between. */
export interface ThreadOrder<Order> {
  readonly turn: number;
  readonly order: Order;
}

/** The answer to the order of that turn. */
export interface ThreadAnswer<Answer> {
  readonly turn: number;
  readonly answer: Answer;
}

interface Waiting<Answer> {
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

interface Running<Answer> {
  readonly thread: Worker;
  readonly waiting: Map<number, Waiting<Answer>>;
}

/** The start options of a thread, and how long it waits for more work. */
export interface ThreadSettings {
  /** The final state of its orders, for a caller that waits in vain: `sealed`. */
  readonly done: string;
  readonly script: URL;
  readonly limits: ResourceLimits;
  readonly idleMs: number;
}

/**
 * A thread of this process that answers one order after another. It starts with the first order and ends when idle;
 * when it dies, its orders fail and the next order starts another. Once closed it answers nobody.
 */
export class AnsweringThread<Order, Answer> {
  readonly #settings: ThreadSettings;
  #running: Running<Answer> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #turns = 0;
  #closed = false;

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
  }

  /** Rejects with ThreadEnded when the thread dies, and with the error that kept the order from being passed on. */
  ask(order: Order, passedOn: readonly ArrayBuffer[]): Promise<Answer> {
    if (this.#closed) return Promise.reject(this.#unanswered());
    clearTimeout(this.#idle);
    const { thread, waiting } = (this.#running ??= this.#start());
    // The thread keeps no process alive, but a call that waits for its answer does.
    thread.ref();
    const turn = (this.#turns += 1);
    return new Promise((answer, fail) => {
      thread.postMessage({ turn, order } satisfies ThreadOrder<Order>, passedOn);
      waiting.set(turn, { answer, fail });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idle);
    const running = this.#running;
    // Later calls start another thread.
    this.#running = undefined;
    await running?.thread.terminate();
  }

  #start(): Running<Answer> {
    const { script, limits } = this.#settings;
    const thread = limitedWorker(script, { limits });
    const running: Running<Answer> = { thread, waiting: new Map() };
    const over = (cause?: unknown): void => {
      if (this.#running === running) this.#running = undefined;
      for (const { fail } of running.waiting.values()) fail(this.#unanswered(cause));
      running.waiting.clear();
    };
    thread.on('message', ({ turn, answer }: ThreadAnswer<Answer>) => {
      running.waiting.get(turn)?.answer(answer);
      running.waiting.delete(turn);
      if (running.waiting.size === 0) this.#rest(thread);
    });
    thread.on('messageerror', (cause) => {
      over(cause);
      void thread.terminate();
    });
    thread.on('error', over);
    thread.on('exit', () => over());
    return running;
  }

  #unanswered(cause?: unknown): ThreadEnded {
    return new ThreadEnded(`before everything was ${this.#settings.done}`, { cause });
  }

  #rest(thread: Worker): void {
    thread.unref();
    this.#idle = setTimeout(() => void this.#end(), this.#settings.idleMs).unref();
  }
}

export function limitedWorker(
  script: URL,
  { limits, data }: { readonly limits: ResourceLimits; readonly data?: unknown },
): Worker {
  // The process's own heap flag would outrank the limits of a thread.
  setFlagsFromString('--max-semi-space-size=0');
  return new Worker(script, { resourceLimits: limits, workerData: data });
}
