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

/** Loads the `script` of its data in a thread that comes after others: whoever waits for an answer comes before a file. */
export const LOW_PRIORITY = new URL('low-priority-thread.ts', import.meta.url);

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
  on(event: 'message', handler: (message: Said) => void): unknown;
}

type Said =
  | { readonly kind: 'call'; readonly turn: number; readonly verb: string; readonly given: unknown }
  | { readonly kind: 'answer'; readonly turn: number; readonly answer: unknown }
  | { readonly kind: 'fault'; readonly turn: number; readonly text: string };

/** The functions that one end offers to the other. */
export type Verbs = Readonly<Record<string, (given: never) => unknown>>;

/** Thrown when the other end failed. */
export class OtherEndFailed extends Error {
  override readonly name = 'OtherEndFailed';
}

class VerbMissing extends Error {
  override readonly name = 'VerbMissing';

  constructor(verb: string) {
    super(`no verb ${verb}`);
  }
}

interface WaitingCall {
  readonly answer: (answer: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** Calls between two threads, in both directions; answers are matched to their call. */
export class ThreadCalls {
  readonly #port: Port;
  readonly #verbs: Verbs;
  readonly #waiting = new Map<number, WaitingCall>();
  #turns = 0;
  #owing = 0;

  constructor(port: Port, verbs: Verbs) {
    [this.#port, this.#verbs] = [port, verbs];
    port.on('message', (said) => {
      if (said.kind === 'call') void this.#serve(said);
      else this.#settle(said);
    });
  }

  /** True when the other end has everything it needs for an answer. */
  get isOwed(): boolean {
    return this.#waiting.size > 0 && this.#owing === 0;
  }

  call<Answer>(verb: string, given?: unknown): Promise<Answer> {
    const turn = (this.#turns += 1);
    return new Promise((answer, fail) => {
      // Throws for what cannot be sent: then nothing waits for an answer.
      this.#port.postMessage({ kind: 'call', turn, verb, given } satisfies Said, []);
      // The type of the answer is declared with the verb.
      this.#waiting.set(turn, { answer: answer as (answer: unknown) => void, fail });
    });
  }

  cut(cause: Error): void {
    for (const { fail } of this.#waiting.values()) fail(cause);
    this.#waiting.clear();
  }

  #settle(said: Exclude<Said, { kind: 'call' }>): void {
    const waiting = this.#waiting.get(said.turn);
    this.#waiting.delete(said.turn);
    if (said.kind === 'answer') waiting?.answer(said.answer);
    else waiting?.fail(new OtherEndFailed(said.text));
  }

  async #serve({ turn, verb, given }: Extract<Said, { kind: 'call' }>): Promise<void> {
    try {
      const answer = await this.#answerOf(verb, given);
      const buffer = answer instanceof Uint8Array ? answer.buffer : undefined;
      const passedOn = buffer instanceof ArrayBuffer ? [buffer] : [];
      this.#port.postMessage({ kind: 'answer', turn, answer } satisfies Said, passedOn);
    } catch (cause) {
      // The message of an error may contain a cell's content: only its kind is passed on.
      const text = cause instanceof Error ? cause.name : 'unknown';
      this.#port.postMessage({ kind: 'fault', turn, text } satisfies Said, []);
    }
  }

  async #answerOf(verb: string, given: unknown): Promise<unknown> {
    this.#owing += 1;
    try {
      const work = this.#verbs[verb];
      if (work === undefined) throw new VerbMissing(verb);
      // Both ends are of one build: what is given fits the verb.
      return await work(given as never);
    } finally {
      this.#owing -= 1;
    }
  }
}
