import type { Clock } from '../clock.ts';
import { drainedInAll } from './bring-in.ts';
import { drain, type DrainDeps, type Drained } from './drain.ts';
import { earlier } from './position.ts';
import type { ProcessFolder } from './process-folder.ts';
import { placeNameOf, type Trouble, type Wait } from './trouble.ts';

/** First pause before a retry; later ones are longer: the end of a cause is noticed within seconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** The entries of one folder that could not take effect: retried for as long as it takes. */
export class WaitingEntries {
  readonly #clock: Clock;
  #waits: readonly Wait[] = [];
  #pauseMs = FIRST_PAUSE_MS;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get waits(): readonly Wait[] {
    return this.#waits;
  }

  /** Adds entries to retry. */
  hold(waits: readonly Wait[]): void {
    if (waits.length === 0) return;
    if (this.#waits.length === 0) this.#rest(FIRST_PAUSE_MS);
    this.#waits = [...this.#waits, ...waits];
  }

  /** Removes entries that took effect or were written off. */
  release(done: readonly Wait[]): void {
    const gone = new Set(done.map(placeNameOf));
    this.#waits = this.#waits.filter((one) => !gone.has(placeNameOf(one)));
  }

  /** Retries all of them once it is time; returns the damage found meanwhile. Throws while the database is away. */
  async retry(deps: DrainDeps, folder: ProcessFolder): Promise<readonly Trouble[]> {
    const tried = this.#waits;
    if (tried.length === 0 || this.#clock.monotonic() < this.#nextAt) return [];
    // Also after an error: a database that is away is not asked more often.
    this.#rest(Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS));
    const found: Drained[] = [];
    for (const [occasion, some] of Map.groupBy(tried, (one) => one.occasion)) {
      const from = some.map(({ at }) => at).reduce(earlier);
      found.push(await drain(deps, { folder, occasion, from, only: new Set(some.map(placeNameOf)) }));
    }
    const { waits, troubles } = drainedInAll(...found);
    if (waits.length < tried.length) this.#rest(FIRST_PAUSE_MS);
    const names = new Set(tried.map(placeNameOf));
    const left = new Map(waits.map((one) => [placeNameOf(one), one]));
    this.#waits = this.#waits.flatMap((one) =>
      names.has(placeNameOf(one)) ? (left.get(placeNameOf(one)) ?? []) : one,
    );
    return troubles;
  }

  #rest(pauseMs: number): void {
    this.#pauseMs = pauseMs;
    this.#nextAt = this.#clock.monotonic() + pauseMs;
  }
}
