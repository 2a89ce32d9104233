import type { Database, Transaction } from '../database/connection.ts';
import { sealIdOf } from '../database/instance.repository.ts';

/** What is brought in counts for one seal alone, and the database that answers is not the one of it. */
class AnotherDatabase extends Error {
  override readonly name = 'AnotherDatabase';
  /** To whoever asks for that one, it is gone. */
  readonly code = 'ENOTCONN';
}

/** The same database, of which no transaction does anything unless it is the one of that seal. */
export const ofSeal = (database: Database, sealId: string | null): Database => ({
  ...database,
  outside: (work) => database.outside(only(sealId, work)),
  withTenant: (tenantId, work) => database.withTenant(tenantId, only(sealId, work)),
});

const only =
  <T>(sealId: string | null, work: (tx: Transaction) => Promise<T>) =>
  async (tx: Transaction): Promise<T> => {
    if ((await sealIdOf(tx)) !== sealId) throw new AnotherDatabase('the database has another seal');
    return work(tx);
  };
