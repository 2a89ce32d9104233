import { aroundEach } from '../database/around-each.ts';
import type { Database, Transaction } from '../database/connection.ts';
import { sealIdOf } from '../database/instance.repository.ts';

/** What is brought in counts for one seal alone, and the database that answers is not the one of it. */
class AnotherDatabase extends Error {
  override readonly name = 'AnotherDatabase';
  /** Callers treat it like a database that is away. */
  readonly code = 'ENOTCONN';
}

/** Throws unless a transaction is one of the database of that seal. */
export async function refuseAnother(tx: Transaction, sealId: string | null): Promise<void> {
  if ((await sealIdOf(tx)) !== sealId) throw new AnotherDatabase('the database has another seal');
}

/** The same database, of which no transaction does anything unless it is the one of that seal. */
export const ofSeal = (database: Database, sealId: string | null): Database =>
  aroundEach(database, (work) => async (tx) => {
    await refuseAnother(tx, sealId);
    return work(tx);
  });

/** Knows in which database what is committed counts. */
export interface Here {
  /** Throws where the database of a transaction is another one. */
  here(tx: Transaction): Promise<void>;
}

/** The same database, of which no transaction is committed unless it is the one that counts. */
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
