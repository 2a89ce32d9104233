import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely';
import type { Database, Transaction } from '../../../src/platform/database/connection.ts';
import type { TypedStatement } from '../../../src/platform/database/query.ts';

/** A database that records PostgreSQL's plan of each statement. */
export interface Planned {
  readonly database: Database;
  /** Returns the plans since the last call, and forgets them. */
  readonly taken: () => readonly Plan[];
}

/** A statement and its plan, as EXPLAIN writes it. */
export interface Plan {
  readonly statement: string;
  readonly plan: string;
}

/** Compiles statements to text; it never runs them. */
const writer = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** The statements that EXPLAIN accepts. */
const EXPLAINED = /^(?:SELECT|INSERT|UPDATE|DELETE|WITH|CREATE TEMPORARY TABLE \w+ ON COMMIT DROP AS)\b/i;

/** Wraps a database so that it asks for the plan of each statement before running it. */
export function planned(database: Database): Planned {
  const plans: Plan[] = [];
  const note = async (tx: Transaction, statement: TypedStatement<unknown>): Promise<void> => {
    const text = statement.compile(writer).sql.trim();
    if (!EXPLAINED.test(text)) return;
    const lines = await tx.rows(sql<Record<string, string>>`EXPLAIN ${statement}`);
    plans.push({ statement: text, plan: lines.map((line) => line['QUERY PLAN']).join('\n') });
  };
  const noting = (tx: Transaction): Transaction => ({
    ...tx,
    rows: async (statement) => {
      await note(tx, statement);
      return tx.rows(statement);
    },
    first: async (statement) => {
      await note(tx, statement);
      return tx.first(statement);
    },
    run: async (statement) => {
      await note(tx, statement);
      return tx.run(statement);
    },
  });
  return {
    database: {
      ...database,
      withTenant: (tenantId, work) => database.withTenant(tenantId, (tx) => work(noting(tx))),
      outside: (work) => database.outside((tx) => work(noting(tx))),
    },
    taken: () => plans.splice(0),
  };
}
