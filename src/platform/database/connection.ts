import { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { Client, Query, type Pool, type ClientConfig, type Connection, type ResultBuilder } from 'pg';
import type { CopyRows } from './copy-rows.ts';
import { inTime } from '../../base/index.ts';
import {
  KEYED_PLANS,
  PIPELINED,
  endedWhenSilent,
  PATIENT,
  type AnswerLimits,
  Statements,
  type StatementAnswer,
} from './statements.ts';
import type { TypedStatement } from './query.ts';
import { EntityManagers, type Entities } from './entity-manager.ts';
import type { TenantSealer } from './property-types.ts';

/** The driver's connection, with the methods for COPY that its types lack. */
interface CopyTaker extends Connection {
  sendCopyFromChunk(bytes: Buffer): void;
  endCopyFrom(): void;
}

/** The driver's `query` takes several forms of arguments, which `CopyingClient` passes on as they are. */
const driver = Client.prototype as { query(...asked: unknown[]): unknown };

/** One open transaction; its statements see the rows of one tenant, or only tables without a tenant. */
export interface Transaction {
  readonly tenantId: string;
  /**
   * Returns the entity manager for its tenant's ordinary rows; sealed properties need the tenant's keys. Changes are
   * written by `flush`: with changes unwritten, any statement of the transaction and its commit throw.
   */
  entities(sealer?: TenantSealer): Entities;
  rows<Row>(statement: TypedStatement<Row>): Promise<Row[]>;
  first<Row>(statement: TypedStatement<Row>): Promise<Row | undefined>;
  /** Runs one statement; returns the number of affected rows. */
  run(statement: TypedStatement<unknown>): Promise<number>;
  /** Fills a temporary table of the session; PostgreSQL refuses COPY into a table with row-level security. */
  copy(table: string, rows: CopyRows): Promise<void>;
  /** Sets the time limit of each later statement, in milliseconds; the default is 30 s. */
  mayTake(ms: number): void;
  /** Continues the transaction within that tenant: one commit for several. */
  as(tenantId: string): Promise<Transaction>;
}

/** The database under its application role; every read passes row-level security. */
export interface Database {
  /** Runs a transaction that sees and writes this tenant only. */
  withTenant<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Runs a transaction that sees tables without a tenant and the lookup functions. */
  outside<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Runs a transaction of this tenant without the guard: for the work for which the guard makes others wait. */
  unguarded<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * Returns the same database with transactions that are undone once the signal is aborted, whatever they wait for:
   * whoever takes the work over meets none of their locks. They throw `TransactionAbandoned`; their work must be safe
   * to repeat.
   */
  until(signal: AbortSignal): Database;
  /** Resolves once every transaction now open has ended. */
  settled(): Promise<void>;
  /** Returns the counts of connections, and of callers that wait for one. */
  connections(): PoolCounts;
  close(): Promise<void>;
}

/** The counts of a pool's connections. */
export interface PoolCounts {
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface DatabaseOptions {
  /** `postgresql://role@/database?host=<socket folder>` or a TCP URL. */
  readonly url: string;
  readonly connections: number;
  readonly name: string;
  /** Sends a statement before the last one is answered: on a busy machine each awaited answer costs milliseconds. */
  readonly ahead?: true;
  /** The same, and PostgreSQL plans each statement once: for the few callers that must not wait. */
  readonly urgent?: true;
  /** Time limits for answers. */
  readonly patience?: AnswerLimits;
  /** Runs as each transaction enters a tenant, before its first statement there. */
  readonly guard?: Guard;
  /** Wraps the work of each transaction; it may read the database's time first. */
  readonly timed?: Timed;
}

/** Runs before the first statement of a transaction: it may wait for a lock, or read what the transaction needs. */
export type Guard = (tx: Transaction) => Promise<void>;

/** Wraps the work of a transaction. */
export type Timed = <T>(tx: Transaction, work: (tx: Transaction) => Promise<T>) => Promise<T>;

/** `pool` returns undefined until the first transaction has made it. */
function openOrm(options: DatabaseOptions): {
  readonly orm: MikroORM;
  readonly pool: () => Pool | undefined;
} {
  const { url, connections, name, ahead, urgent, patience = PATIENT } = options;
  let pool: Pool | undefined;
  // Not by `init`: each pool would look for packages of migrations and others, of which no statement has any use.
  const orm = new MikroORM({
    // Entities are known to the one manager of `entity-manager.ts`, which serves all pools.
    entities: [],
    discovery: { warnWhenNoEntities: false },
    clientUrl: url,
    pool: { min: 0, max: connections, idleTimeoutMillis: 30_000 },
    driverOptions: {
      connectionString: url,
      application_name: name,
      connectionTimeoutMillis: 5_000,
      statement_timeout: patience.statementMs,
      ...((ahead ?? urgent) && PIPELINED),
      keepAlive: true,
      options: `${endedWhenSilent('idle_in_transaction_session_timeout')} ${urgent ? KEYED_PLANS : ''}`,
      Client: CopyingClient,
      onPoolCreated: (created: Pool) => {
        pool = created;
      },
    },
    allowGlobalContext: false,
    ensureDatabase: false,
    debug: false,
    logger: () => undefined,
  });
  return { orm, pool: () => pool };
}

/** Opens the pool; its first transaction makes the first connection. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { orm, pool } = openOrm(options);
  const open = new Set<Promise<unknown>>();
  let closed = false;
  const { timed = UNTIMED } = options;
  const within = <T>(
    tenantId: string,
    work: (tx: Transaction) => Promise<T>,
    {
      guard = options.guard,
      until,
    }: { readonly guard?: Guard | undefined; readonly until?: AbortSignal | undefined } = {},
  ): Promise<T> => {
    // The driver would open another pool, which nobody closes.
    if (closed) return Promise.reject(new DatabaseClosed(`the database was closed: ${options.name}`));
    const done = inTransaction(orm, { ...options, until }, async (opened) =>
      timed(await enterTenant(opened, tenantId, guard), work),
    );
    open.add(done);
    const forget = (): void => void open.delete(done);
    done.then(forget, forget);
    return done;
  };
  const databaseUntil = (until?: AbortSignal): Database => ({
    withTenant: (tenantId, work) => within(tenantId, work, { until }),
    outside: (work) => within('', work, { until }),
    unguarded: (tenantId, work) => within(tenantId, work, { guard: UNGUARDED, until }),
    until: databaseUntil,
    settled: async () => {
      await Promise.allSettled(open);
    },
    connections: () => countsOf(pool()),
    close: async () => {
      closed = true;
      await orm.close(true);
      await inTime(endOf(pool()), CLOSES_WITHIN_MS, undefined);
    },
  });
  return databaseUntil();
}

/** Milliseconds that closing waits for busy connections, each of which ends with its transaction. */
const CLOSES_WITHIN_MS = 5_000;

/** The ORM ends only a pool that its own query builder has used, which ours never does. */
const endOf = async (pool: Pool | undefined): Promise<void> => {
  if (pool !== undefined && !pool.ending) await pool.end();
};

/** Thrown by a closed pool; callers treat it as an outage of the server. */
class DatabaseClosed extends Error {
  override readonly name = 'DatabaseClosed';
  readonly code = 'ENOTCONN';
}

const UNGUARDED: Guard = () => Promise.resolve();

const UNTIMED: Timed = (tx, work) => work(tx);

const countsOf = (pool: Pool | undefined): PoolCounts => ({
  busy: (pool?.totalCount ?? 0) - (pool?.idleCount ?? 0),
  idle: pool?.idleCount ?? 0,
  waiting: pool?.waitingCount ?? 0,
});

async function inTransaction<T>(
  orm: MikroORM,
  {
    ahead,
    urgent,
    patience = PATIENT,
    until,
  }: DatabaseOptions & { readonly until?: AbortSignal | undefined },
  work: (open: OpenTransaction) => Promise<T>,
): Promise<T> {
  if (until?.aborted === true) throw new TransactionAbandoned('the work belongs to another by now');
  const pool = await orm.em.getConnection().getNativeClient();
  const statements = new Statements(await pool.connect(), {
    ahead: (ahead ?? urgent) === true,
    plannedOnce: urgent === true,
    patience,
  });
  const managers = new EntityManagers(statements);
  try {
    const made = await unlessAbandoned(work({ statements, managers }), until);
    managers.refuseUnflushed();
    await statements.commit();
    return made;
  } catch (cause) {
    const undone = statements.rollback();
    // ROLLBACK has been sent; waiting for its answer would only make the next owner wait.
    if (!(cause instanceof TransactionAbandoned)) await undone;
    throw cause;
  }
}

interface OpenTransaction {
  readonly statements: Statements;
  readonly managers: EntityManagers;
}

/** Thrown by a transaction that was undone because its work was handed over. */
export class TransactionAbandoned extends Error {
  override readonly name = 'TransactionAbandoned';
}

/** Settles as the work does; throws `TransactionAbandoned` when the signal is aborted before. */
async function unlessAbandoned<T>(work: Promise<T>, until: AbortSignal | undefined): Promise<T> {
  if (until === undefined) return work;
  const abandoned = Promise.withResolvers<never>();
  const abandon = (): void => {
    abandoned.reject(new TransactionAbandoned('the work was handed over'));
  };
  until.addEventListener('abort', abandon, { once: true });
  // The signal may have been aborted while the transaction waited for a connection.
  if (until.aborted) abandon();
  try {
    return await Promise.race([work, abandoned.promise]);
  } finally {
    until.removeEventListener('abort', abandon);
  }
}

/** Makes the transaction's statements see that tenant; an empty id is none. */
async function enterTenant(
  opened: OpenTransaction,
  tenantId: string,
  guard: Guard | undefined,
): Promise<Transaction> {
  const { statements, managers } = opened;
  const ask = <Row>(statement: TypedStatement<Row>): Promise<StatementAnswer<Row>> => {
    managers.refuseUnflushed();
    return statements.ask(statement);
  };
  statements.send(sql`SELECT set_config('bonheure.tenant', ${tenantId}, true)`);
  const tx: Transaction = {
    tenantId,
    entities: (sealer) => managers.of(tenantId, sealer),
    rows: async (statement) => (await ask(statement)).rows,
    first: async (statement) => (await ask(statement)).rows[0],
    as: async (other) => {
      managers.refuseUnflushed();
      return enterTenant(opened, other, guard);
    },
    run: async (statement) => Number((await ask(statement)).numAffectedRows ?? 0n),
    mayTake: (ms) => {
      statements.mayTake(ms);
    },
    copy: async (table, rows) => {
      managers.refuseUnflushed();
      await statements.copy(`COPY pg_temp.${table} FROM STDIN WITH (FORMAT binary)`, rows.whole());
    },
  };
  if (tenantId !== '') await guard?.(tx);
  return tx;
}

class CopyIn extends Query {
  readonly #bytes: Buffer;

  constructor(text: string, bytes: Buffer, done: (error: Error | undefined, result: ResultBuilder) => void) {
    super(text, done);
    this.#bytes = bytes;
  }

  /** Called by the driver when the server asks for the bytes. */
  handleCopyInResponse(connection: CopyTaker): void {
    connection.sendCopyFromChunk(this.#bytes);
    connection.endCopyFrom();
  }
}

/** A client whose `query` also runs COPY … FROM STDIN, with the bytes as its one parameter. */
class CopyingClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    const plain = (...asked: unknown[]): unknown => driver.query.apply(this, asked);
    const query = (text: unknown, ...more: unknown[]): unknown => {
      const bytes = typeof text === 'string' && text.startsWith('COPY ') ? copyBytes(more[0]) : undefined;
      return bytes === undefined ? plain(text, ...more) : copyIn(plain, String(text), bytes);
    };
    Object.defineProperty(this, 'query', { value: query });
  }
}

function copyBytes(values: unknown): Buffer | undefined {
  const bytes: unknown = Array.isArray(values) ? values[0] : undefined;
  return Buffer.isBuffer(bytes) ? bytes : undefined;
}

const copyIn = (query: (copy: CopyIn) => unknown, text: string, bytes: Buffer): Promise<ResultBuilder> =>
  new Promise((resolve, reject) => {
    query(
      new CopyIn(text, bytes, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      }),
    );
  });
