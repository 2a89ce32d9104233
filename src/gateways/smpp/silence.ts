import type { Part } from './window.ts';

/** How long an operator may say nothing. */
export interface Patience {
  /** After so long without a word it is asked whether it is there. */
  readonly enquireLinkMs: number;
  /** A word that is awaited comes within that. */
  readonly requestTimeoutMs: number;
}

/** Watches that an operator speaks: one that is silent is asked, and given up when it does not answer. */
export class Silence {
  readonly #requestTimeoutMs: number;
  readonly #over: () => void;
  readonly #quiet: NodeJS.Timeout;
  #awaited: NodeJS.Timeout | undefined;

  constructor({ enquireLinkMs, requestTimeoutMs }: Patience, ears: { ask: () => void; over: () => void }) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#over = ears.over;
    this.#quiet = setTimeout(() => {
      ears.ask();
      this.expectWord();
      this.#quiet.refresh();
    }, enquireLinkMs);
  }

  /** From now on a word is awaited. */
  expectWord(): void {
    this.#awaited ??= setTimeout(this.#over, this.#requestTimeoutMs);
  }

  /** It spoke: a whole word, not a byte now and then. */
  broken(): void {
    clearTimeout(this.#awaited);
    this.#awaited = undefined;
    this.#quiet.refresh();
  }

  /** Nothing is awaited any more. */
  end(): void {
    clearTimeout(this.#awaited);
    clearTimeout(this.#quiet);
  }
}

/** After a message that was not answered in time: whether the operator is there at all is asked first. */
export class Doubt {
  readonly #ask: () => Promise<Part>;
  readonly #silent: () => void;
  #open = false;

  constructor(ask: () => Promise<Part>, silent: () => void) {
    this.#ask = ask;
    this.#silent = silent;
  }

  /** As long as it is, nothing more is written. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Asks once, however many messages were not answered. */
  begin(): void {
    if (this.#open) return;
    this.#open = true;
    void this.#settled();
  }

  async #settled(): Promise<void> {
    const said = await this.#ask();
    this.#open = false;
    if (said.kind === 'unknown' && said.reason === 'timeout') this.#silent();
  }
}
