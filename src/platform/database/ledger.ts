import pg from 'pg';
import { KEYED_PLANS, PIPELINED, endedWhenSilent, inOneWrite } from './statements.ts';

/** A transaction is sent in one write and waits for nothing, so the server may end it sooner than others. */
const OPTIONS = `${KEYED_PLANS} ${endedWhenSilent('idle_in_transaction_session_timeout')} -c idle_in_transaction_session_timeout=2s -c transaction_timeout=5s`;

/** Longer than `transaction_timeout`: a server that does not answer for so long is given up. */
const SILENCE_MS = 7_000;

/** One prepared statement of the send path. */
export interface Statement {
  /** Unique among all statements; PostgreSQL keeps the plan under it. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Thrown when the database cannot be reached, or failed for a passing reason; the transaction may have been
 * committed.
 */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}

type Rows = readonly Record<string, unknown>[];

/** A connection outside the ORM's pool, for one transaction at a time. */
class LedgerConnection {
  readonly #options: pg.ClientConfig;
  #client: Promise<pg.Client> | undefined;

  constructor(options: pg.ClientConfig) {
    this.#options = options;
  }

  /**
   * Runs the statements in one transaction of one tenant. All are sent in one write: a process that stops leaves none
   * open.
   */
  async transaction(tenantId: string, statements: readonly Statement[]): Promise<Rows[]> {
    const client = await this.#connected();
    inOneWrite(client);
    const sent = [
      client.query('BEGIN'),
      client.query({
        name: 'tenant',
        text: `SELECT set_config('bonheure.tenant', $1, true)`,
        values: [tenantId],
      }),
      ...statements.map(({ name, text, values }) => client.query({ name, text, values: [...values] })),
      client.query('COMMIT'),
    ];
    const settled = await Promise.allSettled(sent);
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw this.#unavailable(failed.reason);
    return settled.slice(2, -1).map((one) => (one.status === 'fulfilled' ? one.value.rows : []));
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.then((open) => open.end()).catch(() => undefined);
  }

  #connected(): Promise<pg.Client> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  #connect(): Promise<pg.Client> {
    const client = new pg.Client(this.#options);
    const opened = client.connect().then(
      () => client,
      (cause: unknown) => {
        this.#forget(opened);
        throw new LedgerUnavailable('PostgreSQL cannot be reached', { cause });
      },
    );
    client.on('error', () => this.#forget(opened));
    client.on('end', () => this.#forget(opened));
    return opened;
  }

  /** The end of an earlier connection is often reported when the next one is already in use. */
  #forget(client: Promise<pg.Client>): void {
    if (this.#client === client) this.#client = undefined;
  }

  #unavailable(cause: unknown): Error {
    if (cause instanceof pg.DatabaseError && !isPassing(cause.code)) return cause;
    void this.close();
    return new LedgerUnavailable('PostgreSQL went away during a transaction', { cause });
  }
}

/** Lost connections, shutdowns, lack of space, deadlocks and time-outs: a retry may succeed. */
const isPassing = (code: string | undefined): boolean =>
  code === undefined || /^(08|40|53|57|58)|^(25P03|25P04|55P03)$/.test(code);

/** The connections of the send path: each use has its own, so that marks never wait for reads. */
export class Ledger {
  /** The number of operators' answers to this worker that are not yet in the database. */
  unrecorded = 0;
  readonly #mark: Lane;
  readonly #record: Lane;
  readonly #read: Lane;

  constructor(options: { readonly url: string; readonly name: string; readonly marks?: number }) {
    const lane = (purpose: string, size: number): Lane =>
      new Lane(
        Array.from(
          { length: size },
          () =>
            new LedgerConnection({
              connectionString: options.url,
              application_name: `${options.name} ${purpose}`,
              options: OPTIONS,
              connectionTimeoutMillis: 5_000,
              query_timeout: SILENCE_MS,
              keepAlive: true,
              ...PIPELINED,
            }),
        ),
      );
    this.#mark = lane('mark', options.marks ?? 2);
    this.#record = lane('record', 1);
    this.#read = lane('read', 2);
  }

  /** Claims and marks: the lock, the look, the mark. */
  mark(tenantId: string, statements: readonly Statement[]): Promise<Rows[]> {
    return this.#mark.transaction(tenantId, statements);
  }

  /** Records outcomes of submissions. */
  record(tenantId: string, statements: readonly Statement[]): Promise<Rows[]> {
    return this.#record.transaction(tenantId, statements);
  }

  /** Reads pages of ready rows. */
  read(tenantId: string, statements: readonly Statement[]): Promise<Rows[]> {
    return this.#read.transaction(tenantId, statements);
  }

  async close(): Promise<void> {
    await Promise.all([this.#mark.close(), this.#record.close(), this.#read.close()]);
  }
}

/** The connections of one use; callers take a free one, or wait in order. */
class Lane {
  readonly #all: readonly LedgerConnection[];
  readonly #free: LedgerConnection[];
  readonly #waiting: ((connection: LedgerConnection) => void)[] = [];

  constructor(connections: readonly LedgerConnection[]) {
    this.#all = connections;
    this.#free = [...connections];
  }

  async transaction(tenantId: string, statements: readonly Statement[]): Promise<Rows[]> {
    const connection = await this.#take();
    try {
      return await connection.transaction(tenantId, statements);
    } finally {
      this.#giveBack(connection);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((connection) => connection.close()));
  }

  #take(): Promise<LedgerConnection> {
    const free = this.#free.pop();
    if (free !== undefined) return Promise.resolve(free);
    return new Promise((taken) => {
      this.#waiting.push(taken);
    });
  }

  #giveBack(connection: LedgerConnection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else next(connection);
  }
}

/** Writes a PostgreSQL array literal of values without quotes, commas or braces: faster than the driver's writer. */
export const plainArray = (values: readonly (string | number)[]): string =>
  `{${values.map((value) => (value === '' ? '""' : value)).join(',')}}`;

/** Writes a PostgreSQL array literal of any text. */
export const textArray = (values: readonly string[]): string =>
  `{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;

/** Writes a PostgreSQL array literal of bytes. */
export const byteaArray = (values: readonly Buffer[]): string =>
  `{${values.map((value) => `"\\\\x${value.toString('hex')}"`).join(',')}}`;
