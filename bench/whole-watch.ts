import { setTimeout as pause } from 'node:timers/promises';
import type { Instance } from '../test/support/instance.ts';

const LOOKS_EVERY_MS = 1_000;
const SAYS_EVERY_MS = 10_000;

type Body = Readonly<Record<string, unknown>>;

/** What is looked at, until when, and how it is told. */
export interface Watched {
  readonly path: string;
  readonly until: (body: Body) => boolean;
  /** How far it is, as somebody who waits would read it. */
  readonly said: (body: Body) => string;
}

/** Follows one thing by the API as somebody who waits for it, and remembers how long nothing changed. */
export class Watch {
  readonly #instance: Instance;
  #longestSilenceMs = 0;
  #told = '';
  /** Kept from one thing to the next: whoever waits for what is between them waits as well. */
  #changedAt = performance.now();
  readonly #answersMs: number[] = [];

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** Looks each second until it has come; says now and then how far it is. */
  async follow({ path, until, said }: Watched): Promise<{ readonly body: Body; readonly seconds: number }> {
    const began = performance.now();
    let saidAt = began;
    for (;;) {
      const body = await this.#look(path);
      const now = performance.now();
      const text = said(body);
      this.#longestSilenceMs = Math.max(this.#longestSilenceMs, now - this.#changedAt);
      if (text !== this.#told) this.#changedAt = now;
      this.#told = text;
      if (until(body)) return { body, seconds: (now - began) / 1_000 };
      if (now - saidAt >= SAYS_EVERY_MS) {
        process.stdout.write(`  ${((now - began) / 1_000).toFixed(0)} s: ${text}\n`);
        saidAt = now;
      }
      await pause(LOOKS_EVERY_MS);
    }
  }

  /** The longest time in which what the API told stayed as it was, in seconds. */
  get longestSilenceS(): number {
    return Number((this.#longestSilenceMs / 1_000).toFixed(1));
  }

  /** How long the API took at most to answer a look, in milliseconds. */
  get longestAnswerMs(): number {
    return Math.round(Math.max(...this.#answersMs));
  }

  async #look(path: string): Promise<Body> {
    const began = performance.now();
    const { status, body } = await this.#instance.call('GET', path);
    this.#answersMs.push(performance.now() - began);
    if (status !== 200) throw new Error(`${path} answered ${status} ${JSON.stringify(body)}`);
    return body;
  }
}
