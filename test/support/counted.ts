import type { Database, Transaction } from '../../src/platform/database/connection.ts';

/** Counts from now on what transactions of tenants ask this database; returns the count since the last time. */
export function counted(database: Database): () => number {
  const real = { ...database };
  const count = new Count();
  const withTenant: Database['withTenant'] = (tenantId, work) =>
    real.withTenant(tenantId, (tx) => work(count.of(tx)));
  Object.defineProperty(database, 'withTenant', { value: withTenant });
  return () => count.taken();
}

/** Counts the same of transactions outside of tenants, with each tenant that they enter. */
export function countedOutside(database: Database): () => number {
  const real = { ...database };
  const count = new Count();
  const outside: Database['outside'] = (work) => real.outside((tx) => work(count.of(tx)));
  Object.defineProperty(database, 'outside', { value: outside });
  return () => count.taken();
}

/** The statements of some transactions. */
class Count {
  #asked = 0;

  /** Returns the number since the last time. */
  taken(): number {
    const sum = this.#asked;
    this.#asked = 0;
    return sum;
  }

  /** Counts what this transaction asks. */
  of(tx: Transaction): Transaction {
    const once = (): Transaction => {
      this.#asked += 1;
      return tx;
    };
    return {
      ...tx,
      rows: (statement) => once().rows(statement),
      first: (statement) => once().first(statement),
      run: (statement) => once().run(statement),
      as: async (tenantId) => this.of(await once().as(tenantId)),
    };
  }
}
