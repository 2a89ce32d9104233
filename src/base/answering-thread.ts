import { Worker, type ResourceLimits } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';

/** Thrown for orders that a thread left unanswered when it ended, or sent a message that cannot be read. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

/** An order for a thread; its answer has the same turn. */
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

/** How a thread is started, and after how many idle milliseconds it ends. */
export interface ThreadSettings {
  /** What the thread does to its orders, as the error of an unanswered one says it: `sealed`. */
  readonly done: string;
  readonly script: URL;
  readonly limits: ResourceLimits;
  readonly idleMs: number;
}

/**
 * A thread of this process that answers one order after another. It starts with the first order and ends when idle.
 * When it dies, the orders that it has fail, and the next order starts another thread. Once closed it takes no order.
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

  /**
   * Returns the answer; rejects with ThreadEnded when the thread dies, and with the error of an order that cannot be
   * sent.
   */
  ask(order: Order, passedOn: readonly ArrayBuffer[]): Promise<Answer> {
    if (this.#closed) return Promise.reject(this.#unanswered());
    clearTimeout(this.#idle);
    const { thread, waiting } = (this.#running ??= this.#start());
    // An idle thread does not keep the process alive; a call that waits for its answer does.
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

/** The script of a thread of low priority, which loads the `script` in its data: requests come before files. */
export const LOW_PRIORITY = new URL('low-priority-thread.ts', import.meta.url);

/** Starts a thread with limits on its heap, in MiB. */
export function limitedWorker(
  script: URL,
  { limits, data }: { readonly limits: ResourceLimits; readonly data?: unknown },
): Worker {
  // The process's own heap flag would outrank the limits of a thread.
  setFlagsFromString('--max-semi-space-size=0');
  return new Worker(script, { resourceLimits: limits, workerData: data });
}

/** Either end of a port to another thread. */
interface Port {
  postMessage(message: unknown, passedOn: readonly ArrayBuffer[]): void;
  on(event: 'message', handler: (message: Message) => void): unknown;
}

type Message =
  | { readonly kind: 'call'; readonly turn: number; readonly verb: string; readonly argument: unknown }
  | { readonly kind: 'answer'; readonly turn: number; readonly answer: unknown }
  | { readonly kind: 'fault'; readonly turn: number; readonly text: string };

/** The functions that one end offers to the other, by name. */
export type Verbs = Readonly<Record<string, (argument: never) => unknown>>;

/** Thrown when the function at the other end threw; the message is the name of its error. */
export class OtherEndFailed extends Error {
  override readonly name = 'OtherEndFailed';
}

class VerbMissing extends Error {
  override readonly name = 'VerbMissing';

  constructor(verb: string) {
    super(`no verb ${verb}`);
  }
}

/** Calls functions of another thread and serves its calls, over one port. */
export class ThreadCalls {
  readonly #port: Port;
  readonly #verbs: Verbs;
  readonly #waiting = new Map<number, Waiting<unknown>>();
  #turns = 0;
  /** Calls of the other end that this one has not answered yet. */
  #owing = 0;

  constructor(port: Port, verbs: Verbs) {
    this.#port = port;
    this.#verbs = verbs;
    port.on('message', (message) => {
      if (message.kind === 'call') void this.#serve(message);
      else this.#settle(message);
    });
  }

  /** True while the other end owes an answer, and does not itself wait for one. */
  get isOwed(): boolean {
    return this.#waiting.size > 0 && this.#owing === 0;
  }

  /** Calls a function of the other end; rejects with OtherEndFailed when it throws. */
  call<Answer>(verb: string, argument?: unknown): Promise<Answer> {
    const turn = (this.#turns += 1);
    return new Promise((answer, fail) => {
      // Throws for an argument that cannot be sent: then nothing waits for an answer.
      this.#port.postMessage({ kind: 'call', turn, verb, argument } satisfies Message, []);
      // The type of the answer is declared with the verb.
      this.#waiting.set(turn, { answer: answer as (answer: unknown) => void, fail });
    });
  }

  /** Fails every call that waits for an answer. */
  cut(cause: Error): void {
    for (const { fail } of this.#waiting.values()) fail(cause);
    this.#waiting.clear();
  }

  #settle(message: Exclude<Message, { kind: 'call' }>): void {
    const waiting = this.#waiting.get(message.turn);
    this.#waiting.delete(message.turn);
    if (message.kind === 'answer') waiting?.answer(message.answer);
    else waiting?.fail(new OtherEndFailed(message.text));
  }

  async #serve({ turn, verb, argument }: Extract<Message, { kind: 'call' }>): Promise<void> {
    try {
      const answer = await this.#run(verb, argument);
      const buffer = answer instanceof Uint8Array ? answer.buffer : undefined;
      const passedOn = buffer instanceof ArrayBuffer ? [buffer] : [];
      this.#port.postMessage({ kind: 'answer', turn, answer } satisfies Message, passedOn);
    } catch (cause) {
      // The message of an error may quote a cell of a file, so only the error's name is passed on.
      const text = cause instanceof Error ? cause.name : 'unknown';
      this.#port.postMessage({ kind: 'fault', turn, text } satisfies Message, []);
    }
  }

  async #run(verb: string, argument: unknown): Promise<unknown> {
    this.#owing += 1;
    try {
      const work = this.#verbs[verb];
      if (work === undefined) throw new VerbMissing(verb);
      // Both ends are of one build, so the argument has the type that the function takes.
      return await work(argument as never);
    } finally {
      this.#owing -= 1;
    }
  }
}
