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

interface Waiting {
  readonly answer: (answer: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** Calls between two threads, in both directions; answers are matched to their call. */
export class ThreadCalls {
  readonly #port: Port;
  readonly #verbs: Verbs;
  readonly #waiting = new Map<number, Waiting>();
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
