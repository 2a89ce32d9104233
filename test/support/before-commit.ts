import type { Database, Transaction } from '../../src/platform/database/connection.ts';

/** The same database, where something comes between the work of each transaction of a tenant and its commit. */
export const beforeCommit = (database: Database, come: (tx: Transaction) => Promise<void>): Database => ({
  ...database,
  withTenant: (tenantId, work) =>
    database.withTenant(tenantId, async (tx) => {
      const done = await work(tx);
      await come(tx);
      return done;
    }),
});
