import type { Database, Transaction } from '../database/connection.ts';
import { sealIdOf } from '../database/instance.repository.ts';
import type { Clock } from '../clock.ts';
import {
  drain,
  type DrainDeps,
  type Drained,
  type DrainOrder,
  placeNameOf,
  type Trouble,
  type Wait,
} from './drain.ts';
import { isBefore, earlier, type Position, type ProcessFolder } from './process-folder.ts';

/** Thrown when the database that answers has another seal than the one for which entries are brought in. */
class AnotherDatabase extends Error {
  override readonly name = 'AnotherDatabase';
  /** Callers treat it as an outage of the database. */
  readonly code = 'ENOTCONN';
}

/** Throws unless the transaction is in the database of that seal; callers treat the error as an outage. */
export async function refuseAnother(tx: Transaction, sealId: string | null): Promise<void> {
  if ((await sealIdOf(tx)) !== sealId) throw new AnotherDatabase('the database has another seal');
}

/** Wraps a database so that transactions fail unless it is the one of that seal. */
export const ofSeal = (database: Database, sealId: string | null): Database =>
  aroundEach(database, (work) => async (tx) => {
    await refuseAnother(tx, sealId);
    return work(tx);
  });

/** The check that a transaction is in the database to which this process's journal belongs. */
export interface Here {
  /** Throws when the transaction is in another database, as after a failover. */
  here(tx: Transaction): Promise<void>;
}

/** Wraps a database so that nothing is committed in any other than the one to which the journal belongs. */
export const onlyHere = (database: Database, journal: Here): Database =>
  aroundEach(database, (work) => async (tx) => {
    // Sent together with the first statement of the work: operators wait for the commit.
    const checked = journal.here(tx);
    // Awaited below; without this, a failure of the work before it would leave this rejection unhandled.
    checked.catch(() => undefined);
    const made = await work(tx);
    await checked;
    return made;
  });

type Around = <T>(work: (tx: Transaction) => Promise<T>) => (tx: Transaction) => Promise<T>;

/** Wraps the work of each transaction of a database. */
export const aroundEach = (database: Database, around: Around): Database => ({
  ...database,
  outside: (work) => database.outside(around(work)),
  withTenant: (tenantId, work) => database.withTenant(tenantId, around(work)),
});

/** Which entries of a folder to bring in; `from` is the position up to which everything is in the database. */
interface BringInOrder extends Omit<DrainOrder, 'occasion' | 'only'> {
  /** Position up to which everything was in some database, be it another one. */
  readonly answered: Position;
}

/**
 * Brings in all entries that the database lacks. Those before `answered` were answered from another database, and are
 * not answered again.
 */
export async function bringIn(deps: DrainDeps, order: BringInOrder): Promise<Drained> {
  const { from, answered, until, reached, ...others } = order;
  let to = from;
  const advance = (next: Position): void => {
    to = next;
  };
  const lost = isBefore(from, answered)
    ? await drain(deps, { ...others, occasion: 'restore', from, until: answered, reached: advance })
    : NOTHING;
  // The noted position must not pass an entry without effect.
  const passed = isWhole(lost) ? reached : undefined;
  // Called even when no entry follows, so that the stored position names this database.
  await passed?.(to);
  if (lost.isCut) return lost;
  const then = isWhole(lost) ? to : answered;
  const about = { ...others, occasion: 'outage', from: then, until } as const;
  return drainedInAll(lost, await drain(deps, passed === undefined ? about : { ...about, reached: passed }));
}

/** Says whether every entry that was drained has its effect. */
export const isWhole = ({ troubles, waits }: Drained): boolean => troubles.length + waits.length === 0;

/** Sums the results of several drains. */
export const drainedInAll = (...found: readonly Drained[]): Drained => ({
  entries: found.reduce((sum, one) => sum + one.entries, 0),
  applied: found.reduce((sum, one) => sum + one.applied, 0),
  troubles: found.flatMap((one) => one.troubles),
  waits: found.flatMap((one) => one.waits),
  isCut: found.some((one) => one.isCut),
});

const NOTHING: Drained = drainedInAll();

/** The pause before the first retry; later ones double, to 4 s at most, so that the end of a cause is noticed soon. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** The entries of one folder that have no effect yet, and are retried until they have. */
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
    // Set before the attempt, so that a database that is away is not asked more often.
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
