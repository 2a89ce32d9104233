import type { Database, Transaction } from '../database/connection.ts';
import { sealIdOf } from '../database/instance.repository.ts';

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
