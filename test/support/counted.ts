import type { Database, Transaction } from '../../src/platform/database/connection.ts';

/** Counts from now on what transactions of tenants ask this database; returns the count since the last time. */
export function counted(database: Database): () => number {
  const real = { ...database };
  let asked = 0;
  const counting = (tx: Transaction): Transaction => ({
    ...tx,
    rows: (statement) => {
      asked += 1;
      return tx.rows(statement);
    },
    first: (statement) => {
      asked += 1;
      return tx.first(statement);
    },
    run: (statement) => {
      asked += 1;
      return tx.run(statement);
    },
  });
  const withTenant: Database['withTenant'] = (tenantId, work) =>
    real.withTenant(tenantId, (tx) => work(counting(tx)));
  Object.defineProperty(database, 'withTenant', { value: withTenant });
  return () => {
    const sum = asked;
    asked = 0;
    return sum;
  };
}
