import type { Database, Transaction } from './connection.ts';

/** Wraps the work of a transaction. */
export type Around = <T>(work: (tx: Transaction) => Promise<T>) => (tx: Transaction) => Promise<T>;

/** Wraps a database so that something is done around the work of each transaction. */
export const aroundEach = (database: Database, around: Around): Database => ({
  ...database,
  outside: (work) => database.outside(around(work)),
  withTenant: (tenantId, work) => database.withTenant(tenantId, around(work)),
});
