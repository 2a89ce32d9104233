import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery, sql, type Kysely, type RawBuilder } from 'kysely';
import type { Pool } from 'pg';
import type { CopyRows } from './copy-rows.ts';
import { CopyingClient } from './copying-client.ts';
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
  /** Fills a temporary table of the session: row-level security bars COPY into any other. */
  copy(table: string, rows: CopyRows): Promise<void>;
  /** The same transaction, from now on within that tenant: one commit for several. */
  as(tenantId: string): Promise<Transaction>;
}

/** The database under its application role; every read passes row-level security. */
export interface Database {
  /** One transaction that sees and writes this tenant only. */
  withTenant<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** One transaction that sees tables without a tenant and the lookup functions. */
  outside<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** One transaction of this tenant that asks no guard: for whoever keeps everybody else out. */
  unguarded<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Resolves once every transaction that is open now has ended. */
  settled(): Promise<void>;
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
  /** Asked by each transaction as it enters a tenant, before its first statement there. */
  readonly guard?: Guard;
}

/** Holds a transaction back, or prepares what it will read. */
export type Guard = (tx: Transaction) => Promise<void>;

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
      Client: CopyingClient,
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
  const open = new Set<Promise<unknown>>();
  const within = <T>(
    tenantId: string,
    work: (tx: Transaction) => Promise<T>,
    guard: Guard | undefined = options.guard,
  ): Promise<T> => {
    const em = orm.em.fork();
    const done = em.transactional(async (inner) => work(await entered(inner, tenantId, guard)));
    open.add(done);
    const forget = (): void => void open.delete(done);
    done.then(forget, forget);
    return done;
  };
  return {
    withTenant: (tenantId, work) => within(tenantId, work),
    outside: (work) => within('', work),
    unguarded: (tenantId, work) => within(tenantId, work, UNGUARDED),
    settled: async () => {
      await Promise.allSettled(open);
    },
    connections: () => connectionsOf(pool),
    close: () => orm.close(true),
  };
}

const UNGUARDED: Guard = () => Promise.resolve();

/** A pool is made by the first transaction. */
const connectionsOf = (pool: Pool | undefined): Connections => ({
  busy: (pool?.totalCount ?? 0) - (pool?.idleCount ?? 0),
  idle: pool?.idleCount ?? 0,
  waiting: pool?.waitingCount ?? 0,
});

async function entered(
  em: SqlEntityManager,
  tenantId: string,
  guard: Guard | undefined,
): Promise<Transaction> {
  await sql`SELECT set_config('bonheure.tenant', ${tenantId}, true)`.execute(em.getKysely());
  const tx = transaction(tenantId, em, guard);
  if (tenantId !== '') await guard?.(tx);
  return tx;
}

function transaction(tenantId: string, em: SqlEntityManager, guard: Guard | undefined): Transaction {
  const kysely = (): Untyped => em.getKysely();
  return {
    tenantId,
    em,
    rows: async (statement) => (await statement.execute(kysely())).rows,
    first: async (statement) => (await statement.execute(kysely())).rows[0],
    as: (other) => entered(em, other, guard),
    run: async (statement) => Number((await statement.execute(kysely())).numAffectedRows ?? 0n),
    copy: async (table, rows) => {
      const text = `COPY pg_temp.${table} FROM STDIN WITH (FORMAT binary)`;
      await kysely().executeQuery(CompiledQuery.raw(text, [rows.whole()]));
    },
  };
}
