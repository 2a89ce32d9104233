import type { Ledger } from '../database/ledger.ts';
import { recordOutcomes, type Outcome, type Written } from './outcome.repository.ts';

/** Outcomes are written by so many, or after so long, whichever comes first. */
const MOST = 500;
const WITHIN_MS = 20;
const RETRY_MS = 500;

/** Gathers outcomes of one batch and writes them in batches; evidence is kept until it is written. */
export class Recorder {
  readonly #ledger: Ledger;
  readonly #where: () => Written;
  #waiting: Outcome[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #unwritten = 0;

  constructor(ledger: Ledger, where: () => Written) {
    this.#ledger = ledger;
    this.#where = where;
  }

  /** Outcomes not yet in the ledger. */
  get pending(): number {
    return this.#waiting.length + this.#unwritten;
  }

  add(outcomes: readonly Outcome[]): void {
    this.#waiting.push(...outcomes);
    if (this.#waiting.length >= MOST) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), WITHIN_MS);
  }

  /** Everything added so far is in the ledger, or the time given is over. */
  async drained(withinMs: number): Promise<boolean> {
    this.#flush();
    const late = new Promise<false>((give) => {
      setTimeout(give, withinMs, false).unref();
    });
    return Promise.race([this.#writing.then(() => true), late]);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const outcomes = this.#waiting;
    this.#waiting = [];
    this.#unwritten += outcomes.length;
    this.#writing = this.#writing.then(() => this.#write(outcomes));
    this.#writing.catch(() => undefined); // told by drained(), which every attempt awaits
  }

  /** The database may be gone for a while; what an operator answered is not forgotten meanwhile. */
  async #write(outcomes: readonly Outcome[]): Promise<void> {
    while ((await recordOutcomes(this.#ledger, this.#where(), outcomes)) === 'unavailable') {
      await new Promise((rested) => {
        setTimeout(rested, RETRY_MS);
      });
    }
    this.#unwritten -= outcomes.length;
  }
}
