import type { Clock } from '../clock.ts';
import { drain, type DrainDeps, type DrainOrder } from './drain.ts';
import { earlier } from './position.ts';
import { nameOf, type Trouble, type Wait } from './trouble.ts';

/** An entry is tried again so soon, and later so seldom: whatever ends, is noticed within seconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** Entries of one folder that could not have their effect: tried again, for as long as it takes. */
export class WaitingRoom {
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

  /** Whoever comes is tried again with those who wait. */
  hold(waits: readonly Wait[]): void {
    if (waits.length === 0) return;
    if (this.#waits.length === 0) this.#rest(FIRST_PAUSE_MS);
    this.#waits = [...this.#waits, ...waits];
  }

  /** A person wrote these off, or they had their effect. */
  release(done: readonly Wait[]): void {
    const gone = new Set(done.map(nameOf));
    this.#waits = this.#waits.filter((one) => !gone.has(nameOf(one)));
  }

  /** Tries all of them once it is time; answers what was found damaged meanwhile. Throws while the database is away. */
  async retry(deps: DrainDeps, order: Pick<DrainOrder, 'folder' | 'occasion'>): Promise<readonly Trouble[]> {
    const tried = this.#waits;
    if (tried.length === 0 || this.#clock.monotonic() < this.#nextAt) return [];
    // Also when it throws: a database that is away is not asked more often.
    this.#rest(Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS));
    const from = tried.map(({ at }) => at).reduce(earlier);
    const only = new Set(tried.map(nameOf));
    const found = await drain(deps, { ...order, from, only });
    if (found.waits.length < tried.length) this.#rest(FIRST_PAUSE_MS);
    const left = new Map(found.waits.map((one) => [nameOf(one), one]));
    this.#waits = this.#waits.flatMap((one) => (only.has(nameOf(one)) ? (left.get(nameOf(one)) ?? []) : one));
    return found.troubles;
  }

  #rest(pauseMs: number): void {
    this.#pauseMs = pauseMs;
    this.#nextAt = this.#clock.monotonic() + pauseMs;
  }
}
