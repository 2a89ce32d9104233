import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Pool } from 'pg';
import { entities } from './entities.ts';
import { releaseLostClients } from './lost-client.ts';

/** Names of columns are written out in SQL; rows are typed where they are read. */
type Untyped = Kysely<Record<string, Record<string, unknown>>>;

/** One open transaction; its statements see one tenant, or the instance alone. */
export interface Transaction {
  /** Empty outside every tenant. */
  readonly tenantId: string;
  /** The entities of this transaction. */
  readonly em: SqlEntityManager;
  /** All rows of one statement. */
  rows<Row>(statement: RawBuilder<Row>): Promise<Row[]>;
  /** The first row of one statement, if any. */
  first<Row>(statement: RawBuilder<Row>): Promise<Row | undefined>;
  /** Runs one statement; answers how many rows it touched. */
  run(statement: RawBuilder<unknown>): Promise<number>;
  /** The same transaction, from now on within that tenant: one commit for several. */
  as(tenantId: string): Promise<Transaction>;
}

/** The database under its application role; every read passes row-level security. */
export interface Database {
  /** One transaction that sees and writes this tenant only. */
  withTenant<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** One transaction that sees tables without a tenant and the lookup functions. */
  outside<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Its connections now, and how many callers wait for one. */
  connections(): Connections;
  close(): Promise<void>;
}

/** A pool's connections at one instant. */
export interface Connections {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
}

/** How to reach it. */
export interface DatabaseOptions {
  /** `postgresql://role@/database?host=<socket folder>` or a TCP URL. */
  readonly url: string;
  readonly connections: number;
  readonly name: string;
}

/** Opens the pool; answers once one connection works. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  let pool: Pool | undefined;
  const orm = await MikroORM.init({
    entities,
    clientUrl: options.url,
    pool: { min: 0, max: options.connections, idleTimeoutMillis: 30_000 },
    driverOptions: {
      // The ORM takes no more of an address than host, port, user and database: TLS would be lost in silence.
      connectionString: options.url,
      application_name: options.name,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      onPoolCreated: (created: Pool) => {
        pool = created;
        releaseLostClients(created);
      },
    },
    allowGlobalContext: false,
    ensureDatabase: false,
    debug: false,
    logger: () => undefined,
  });
  const within = <T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const em = orm.em.fork();
    return em.transactional(async (inner) => {
      const tx = transaction(tenantId, inner);
      await enter(inner, tenantId);
      return work(tx);
    });
  };
  return {
    withTenant: within,
    outside: (work) => within('', work),
    connections: () => connectionsOf(pool),
    close: () => orm.close(true),
  };
}

/** A pool is made by the first transaction. */
const connectionsOf = (pool: Pool | undefined): Connections => ({
  busy: (pool?.totalCount ?? 0) - (pool?.idleCount ?? 0),
  idle: pool?.idleCount ?? 0,
  waiting: pool?.waitingCount ?? 0,
});

const enter = (em: SqlEntityManager, tenantId: string): Promise<unknown> =>
  sql`SELECT set_config('bonheure.tenant', ${tenantId}, true)`.execute(em.getKysely());

function transaction(tenantId: string, em: SqlEntityManager): Transaction {
  const kysely = (): Untyped => em.getKysely();
  return {
    tenantId,
    em,
    rows: async (statement) => (await statement.execute(kysely())).rows,
    first: async (statement) => (await statement.execute(kysely())).rows[0],
    as: async (other) => {
      await enter(em, other);
      return transaction(other, em);
    },
    run: async (statement) => Number((await statement.execute(kysely())).numAffectedRows ?? 0n),
  };
}
