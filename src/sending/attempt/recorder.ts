import type { Ledger } from '../../platform/index.ts';
import { recordOutcomes } from './outcome.repository.ts';
import type { Outcome, OutcomePlace } from './outcome.ts';
import { resting } from '../batch/resting.ts';

/** Outcomes written at once; fewer after a while. */
const MOST = 500;
const WITHIN_MS = 20;
const RETRY_MS = 500;

/** Gathers outcomes of one batch and writes them in groups; evidence is kept until it is written. */
export class Recorder {
  readonly #ledger: Ledger;
  readonly #where: () => OutcomePlace;
  #waiting: Outcome[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #fault: unknown;

  constructor(ledger: Ledger, where: () => OutcomePlace) {
    this.#ledger = ledger;
    this.#where = where;
  }

  add(outcomes: readonly Outcome[]): void {
    this.#waiting.push(...outcomes);
    this.#ledger.unrecorded += outcomes.length;
    if (this.#waiting.length >= MOST) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), WITHIN_MS);
  }

  /** Says whether everything added so far is in the ledger before the given time is over. */
  async drained(withinMs: number): Promise<boolean> {
    this.#flush();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((give) => {
      timer = setTimeout(give, withinMs, false);
    });
    const inTime = await Promise.race([this.#writing.then(() => true), late]);
    clearTimeout(timer);
    if (this.#fault !== undefined) throw this.#fault;
    return inTime;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const outcomes = this.#waiting;
    this.#waiting = [];
    this.#writing = this.#writing.then(() => this.#write(outcomes));
  }

  async #write(outcomes: readonly Outcome[]): Promise<void> {
    try {
      await this.#keep(outcomes);
    } catch (fault) {
      // Reported by drained(); later outcomes are still written.
      this.#fault ??= fault;
    }
    this.#ledger.unrecorded -= outcomes.length;
  }

  /** The database may be gone for a while; one outcome it refuses must not take the others with it. */
  async #keep(outcomes: readonly Outcome[]): Promise<void> {
    try {
      while ((await recordOutcomes(this.#ledger, this.#where(), outcomes)) === 'unavailable') {
        await resting(RETRY_MS);
      }
    } catch (fault) {
      const [first] = outcomes;
      if (first === undefined) return;
      if (outcomes.length === 1) return this.#doubt(first, fault);
      const half = Math.ceil(outcomes.length / 2);
      await this.#keep(outcomes.slice(0, half));
      await this.#keep(outcomes.slice(half));
    }
  }

  /** An answer that cannot be stored, as an id with a zero byte, counts as unintelligible. */
  async #doubt({ seq, submissionId, kind }: Outcome, fault: unknown): Promise<void> {
    if (kind === 'uncertain') throw fault;
    await this.#keep([{ kind: 'uncertain', seq, submissionId, reason: 'PARSE', notBefore: 0 }]);
  }
}
