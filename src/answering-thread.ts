import { Worker, type ResourceLimits } from 'node:worker_threads';

/** A thread that ended with orders unanswered. */
class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

interface Waiting<Answer> {
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

interface Running<Answer> {
  readonly thread: Worker;
  readonly waiting: Waiting<Answer>[];
}

/** What a thread is started with, and for how long it waits for more work. */
export interface ThreadSettings {
  readonly script: URL;
  readonly limits: ResourceLimits;
  readonly idleMs: number;
}

/**
 * A thread of this process that answers one order after another.
 *
 * Started by the first order, ended by idleness; when it dies, what it was asked fails and the next order starts another.
 */
export class AnsweringThread<Order, Answer> {
  readonly #settings: ThreadSettings;
  #running: Running<Answer> | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
  }

  /** Rejects with ThreadEnded, or with what the thread died of. */
  ask(order: Order, passedOn: readonly ArrayBuffer[]): Promise<Answer> {
    clearTimeout(this.#idle);
    const { thread, waiting } = (this.#running ??= this.#start());
    // It keeps no process alive, but whoever waits for an answer does.
    thread.ref();
    return new Promise((answer, fail) => {
      waiting.push({ answer, fail });
      thread.postMessage(order, passedOn);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const running = this.#running;
    // Whoever asks from now on finds another one.
    this.#running = undefined;
    await running?.thread.terminate();
  }

  #start(): Running<Answer> {
    const { script, limits } = this.#settings;
    const thread = new Worker(script, { resourceLimits: limits });
    const running: Running<Answer> = { thread, waiting: [] };
    thread.on('message', (answer: Answer) => {
      running.waiting.shift()?.answer(answer);
      if (running.waiting.length === 0) this.#rest(thread);
    });
    const over = (error: Error): void => {
      if (this.#running === running) this.#running = undefined;
      for (const { fail } of running.waiting.splice(0)) fail(error);
    };
    thread.on('error', over);
    thread.on('exit', () => over(new ThreadEnded('before everything was answered')));
    return running;
  }

  #rest(thread: Worker): void {
    thread.unref();
    this.#idle = setTimeout(() => void this.close(), this.#settings.idleMs).unref();
  }
}
