import type { Part } from './window.ts';

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
