import type { Database, Transaction } from '../database/connection.ts';
import { sealIdOf } from '../database/instance.repository.ts';
import type { Clock } from '../clock.ts';
import { drain, type DrainDeps, type Drained, placeNameOf, type Trouble, type Wait } from './drain.ts';
import { isBefore, earlier, type Position, type ProcessFolder } from './process-folder.ts';

/** Entries are brought in for one seal alone, and the database that answers has another. */
class AnotherDatabase extends Error {
  override readonly name = 'AnotherDatabase';
  /** Callers treat it as an outage of the database. */
  readonly code = 'ENOTCONN';
}

/** Throws unless a transaction is in the database of that seal. */
export async function refuseAnother(tx: Transaction, sealId: string | null): Promise<void> {
  if ((await sealIdOf(tx)) !== sealId) throw new AnotherDatabase('the database has another seal');
}

/** Wraps a database so that transactions fail unless it is the one of that seal. */
export const ofSeal = (database: Database, sealId: string | null): Database =>
  aroundEach(database, (work) => async (tx) => {
    await refuseAnother(tx, sealId);
    return work(tx);
  });

/** Knows the database in which commits count. */
export interface Here {
  /** Throws where a transaction is in another database. */
  here(tx: Transaction): Promise<void>;
}

/** Wraps a database so that nothing is committed unless it is the one that counts. */
export const onlyHere = (database: Database, journal: Here): Database =>
  aroundEach(database, (work) => async (tx) => {
    // On its way with the first statement: a commit is waited for by operators.
    const looked = journal.here(tx);
    // It is thrown below, unless the work has failed before.
    looked.catch(() => undefined);
    const made = await work(tx);
    await looked;
    return made;
  });

/** Wraps the work of a transaction. */
type Around = <T>(work: (tx: Transaction) => Promise<T>) => (tx: Transaction) => Promise<T>;

/** Wraps a database so that something is done around the work of each transaction. */
export const aroundEach = (database: Database, around: Around): Database => ({
  ...database,
  outside: (work) => database.outside(around(work)),
  withTenant: (tenantId, work) => database.withTenant(tenantId, around(work)),
});

/** The request to bring in the entries of a folder. */
export interface BringIn {
  readonly folder: ProcessFolder;
  /** Position up to which everything is in the database. */
  readonly from: Position;
  /** Position up to which everything was in some database, be it another one. */
  readonly answered: Position;
  readonly until?: Position | undefined;
  readonly isQuiet?: true;
  /** Checked before each group: whether it is still to be brought in. */
  readonly isWanted?: () => Promise<boolean>;
  /** Called with the position before which everything is in the database. */
  readonly reached?: (to: Position) => Promise<void> | void;
}

/** Brings in all that the database lacks. Entries of another database were answered there, and are not answered again. */
export async function bringIn(deps: DrainDeps, order: BringIn): Promise<Drained> {
  const { from, answered, until, reached, ...others } = order;
  let to = from;
  const passing = (next: Position): void => {
    to = next;
  };
  const lost = isBefore(from, answered)
    ? await drain(deps, { ...others, occasion: 'restore', from, until: answered, reached: passing })
    : NOTHING;
  // The position does not pass entries without effect, nor lost ones.
  const passed = isWhole(lost) ? reached : undefined;
  // Called even when nothing follows, so that the stored position names this database.
  await passed?.(to);
  if (lost.isCut) return lost;
  const then = isWhole(lost) ? to : answered;
  const about = { ...others, occasion: 'outage', from: then, until } as const;
  return drainedInAll(lost, await drain(deps, passed === undefined ? about : { ...about, reached: passed }));
}

/** True when every entry has its effect. */
export const isWhole = ({ troubles, waits }: Drained): boolean => troubles.length + waits.length === 0;

/** Sums several drains. */
export const drainedInAll = (...found: readonly Drained[]): Drained => ({
  entries: found.reduce((sum, one) => sum + one.entries, 0),
  applied: found.reduce((sum, one) => sum + one.applied, 0),
  troubles: found.flatMap((one) => one.troubles),
  waits: found.flatMap((one) => one.waits),
  isCut: found.some((one) => one.isCut),
});

const NOTHING: Drained = drainedInAll();

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
