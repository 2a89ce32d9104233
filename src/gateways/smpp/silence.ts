import type { PartResult } from './window.ts';

/** Time limits of an operator's silence. */
export interface SilenceLimits {
  /** After so long without traffic the operator is asked whether it is there. */
  readonly enquireLinkMs: number;
  /** Time limit of an awaited PDU. */
  readonly requestTimeoutMs: number;
}

/** Watches an operator's traffic: a silent one is asked, and given up when it does not answer. */
export class Silence {
  readonly #requestTimeoutMs: number;
  readonly #over: () => void;
  readonly #quiet: NodeJS.Timeout;
  #awaited: NodeJS.Timeout | undefined;

  constructor(
    { enquireLinkMs, requestTimeoutMs }: SilenceLimits,
    ears: { ask: () => void; over: () => void },
  ) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#over = ears.over;
    this.#quiet = setTimeout(() => {
      ears.ask();
      this.expectWord();
      this.#quiet.refresh();
    }, enquireLinkMs);
  }

  /** Starts waiting for a PDU. */
  expectWord(): void {
    this.#awaited ??= setTimeout(this.#over, this.#requestTimeoutMs);
  }

  /** Notes traffic: a whole PDU, not a byte now and then. */
  broken(): void {
    clearTimeout(this.#awaited);
    this.#awaited = undefined;
    this.#quiet.refresh();
  }

  /** Stops waiting. */
  end(): void {
    clearTimeout(this.#awaited);
    clearTimeout(this.#quiet);
  }
}

/** After an unanswered message: first asks whether the operator is there at all. */
export class ConnectionDoubt {
  readonly #ask: () => Promise<PartResult>;
  readonly #silent: () => void;
  #open = false;

  constructor(ask: () => Promise<PartResult>, silent: () => void) {
    this.#ask = ask;
    this.#silent = silent;
  }

  /** While it is open, nothing more is written. */
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
