import { createHash } from 'node:crypto';
import { setImmediate as immediately } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { CompiledQuery, sql as built } from 'kysely';
import type { FieldDef, PoolClient, QueryResultRow, ClientBase } from 'pg';
import type { EntityAnswer, EntityStatements } from './entity-manager.ts';
import { builtValues, compiler, isBuilt, withPropertyNames, type TypedStatement } from './query.ts';
import { tellResult } from './row-type.ts';

/**
 * Startup options of connections whose statements are planned once, and read by keys alone. A generic plan assumes
 * ten elements and so takes nested loops on primary keys whatever the size of the tables; a custom one costs 15–25
 * µs a message in planning alone, and milliseconds where a dozen tables are joined. Materialization is off: a table
 * without statistics seems small, and each page would read it whole.
 */
export const KEYED_PLANS =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off ' +
  '-c enable_bitmapscan=off -c enable_memoize=off -c enable_material=off -c max_parallel_workers_per_gather=0 -c jit=off';

/** A client that is silent for so long within a transaction is frozen, or its host is gone: the server ends it. */
export const SILENT_MS = 6_000;

/** Milliseconds between signs of life of a transaction that waits for something else. */
const LIVES_EVERY_MS = 2_000;

/**
 * Startup options after which the server itself ends a connection. A frozen process closes nothing: its locks would
 * stay until it is killed. A host that is gone answers no packet: without these the kernel would wait for some two
 * hours.
 */
export const endedWhenSilent = (setting: 'idle_session_timeout' | 'idle_in_transaction_session_timeout') =>
  [
    `${setting}=${SILENT_MS}`,
    `tcp_user_timeout=${SILENT_MS}`,
    'tcp_keepalives_idle=3',
    'tcp_keepalives_interval=1',
    'tcp_keepalives_count=3',
  ]
    .map((one) => `-c ${one}`)
    .join(' ');

/** The time limits of a connection. */
export interface AnswerLimits {
  /** The server's limit of a statement, in milliseconds, unless its transaction sets another. */
  readonly statementMs: number;
  /** Further milliseconds for an answer on its way: a host that vanished answers nothing, and no packet says so. */
  readonly onItsWayMs: number;
}

/** Limits for statements that may be large. */
export const PATIENT: AnswerLimits = { statementMs: 30_000, onItsWayMs: 5_000 };

/** Limits for one row that is useless when late. */
export const IMPATIENT: AnswerLimits = { statementMs: 3_000, onItsWayMs: 1_000 };

/** Statements of urgent connections are a closed set; those beyond this number are planned each time, as elsewhere. */
const MOST_PREPARED = 200;
const names = new Map<string, string>();

/** Returns the name under which the server keeps the plan of a text. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_PREPARED) return known;
  const name = createHash('sha256').update(text).digest('hex').slice(0, 40);
  names.set(text, name);
  return name;
}

export interface StatementAnswer<Row> {
  readonly rows: Row[];
  /** The columns as PostgreSQL describes them. */
  readonly fields: readonly FieldDef[];
  readonly numAffectedRows?: bigint | undefined;
}

/** A rollback to a savepoint undoes a failure since. */
const BACK_TO_SOUND = /^\s*ROLLBACK TO\b/;
const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

const statementMs = (ms: number) => built`SELECT set_config('statement_timeout', ${String(ms)}, true)`;

/** The way in which the statements of a transaction reach the server. */
interface Manner {
  /**
   * Sends each statement as soon as it is asked for: a transaction takes as many round trips as it needs answers.
   * Otherwise each is sent once the one before is answered. The server carries them out in the same order.
   */
  readonly ahead: boolean;
  /** True when the server keeps their plans. */
  readonly plannedOnce: boolean;
  readonly patience: AnswerLimits;
}

/**
 * The statements of one transaction, on a client of its own. While its owner waits for something else, it gives
 * signs of life: the server ends silent ones. A server that is silent longer than any statement may take is given
 * up.
 */
export class Statements implements EntityStatements {
  readonly #client: PoolClient;
  readonly #manner: Manner;
  readonly #pulse: NodeJS.Timeout;
  #failed: unknown;
  #isOver = false;
  #unanswered = 0;
  #answeredAt = performance.now();
  #statementMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: PoolClient, manner: Manner) {
    this.#client = client;
    this.#manner = manner;
    this.#statementMs = manner.patience.statementMs;
    this.#tell(this.#run(() => this.#client.query('BEGIN')));
    const { onItsWayMs } = manner.patience;
    this.#pulse = setInterval(() => this.#live(), Math.min(LIVES_EVERY_MS, onItsWayMs / 2)).unref();
  }

  /** Sends a statement without awaiting its answer; its failure fails the transaction. */
  send(statement: TypedStatement<unknown>): void {
    this.#refuseWhenOver();
    this.#tell(this.#query(statement.compile(compiler)));
  }

  /** Sends a statement, and waits for its answer. */
  async ask<Row>(statement: TypedStatement<Row>): Promise<StatementAnswer<Row>> {
    this.#refuseWhenOver();
    const compiled = statement.compile(compiler);
    const answer = this.#query(compiled);
    this.#tell(answer);
    try {
      const answered = await answer;
      tellResult(statement, compiled.sql, answered);
      if (BACK_TO_SOUND.test(compiled.sql)) this.#failed = undefined;
      return isBuilt(compiled)
        ? { ...answered, rows: await withPropertyNames(compiled, answered.rows) }
        : answered;
    } catch (cause) {
      // The first failure explains the rest: after it the server only answers that the transaction is lost.
      throw this.#failed ?? cause;
    }
  }

  /** Runs a statement of the entity manager: values arrive as those of the builder, under the names of columns. */
  async askForEntities(text: string, values: readonly unknown[]): Promise<EntityAnswer> {
    this.#refuseWhenOver();
    const compiled: CompiledQuery<object> = CompiledQuery.raw(text, [...values]);
    const answer = this.#query(compiled, builtValues);
    this.#tell(answer);
    try {
      const { rows, numAffectedRows } = await answer;
      return { rows, affected: Number(numAffectedRows ?? rows.length) };
    } catch (cause) {
      throw this.#failed ?? cause;
    }
  }

  /** Sets the limit of each of its statements from now on, in milliseconds. */
  mayTake(ms: number): void {
    this.#statementMs = ms;
    this.send(statementMs(ms));
  }

  /** Fills a table of the session. */
  async copy(text: string, bytes: Buffer): Promise<void> {
    this.#refuseWhenOver();
    const answer = this.#run(() => this.#client.query(text, [bytes]));
    this.#tell(answer);
    await answer;
  }

  async commit(): Promise<void> {
    this.#isOver = true;
    const { command } = await this.#run(() => this.#client.query('COMMIT'));
    // The result of a statement that nobody awaited may arrive in the same tick and be delivered a little later.
    if (command !== 'COMMIT') await immediately();
    if (this.#failed !== undefined) throw this.#failed;
    if (command !== 'COMMIT') throw new TransactionOver('the server undid the transaction');
    this.#leave(true);
  }

  async rollback(): Promise<void> {
    this.#isOver = true;
    const isSound = await this.#run(() => this.#client.query('ROLLBACK')).then(
      () => true,
      () => false,
    );
    this.#leave(isSound);
  }

  async #query<Row>(
    compiled: CompiledQuery<Row>,
    types = isBuilt(compiled) ? builtValues : undefined,
  ): Promise<StatementAnswer<Row>> {
    const { sql: text, parameters } = compiled;
    const name = this.#manner.plannedOnce ? nameOf(text) : undefined;
    const asked = {
      text,
      values: [...parameters],
      ...(name === undefined ? {} : { name }),
      ...(types === undefined ? {} : { types }),
    };
    const answer = this.#run(() => this.#client.query<Row & QueryResultRow>(asked));
    const { command, rowCount, rows, fields } = await answer;
    return { rows, fields, numAffectedRows: WRITES.has(command) ? BigInt(rowCount ?? 0) : undefined };
  }

  #run<T>(send: () => Promise<T>): Promise<T> {
    if (this.#unanswered === 0) this.#answeredAt = performance.now();
    this.#unanswered += 1;
    const sent = this.#manner.ahead ? this.#sentNow(send) : this.#last.then(send);
    const answered = (): void => {
      this.#unanswered -= 1;
      this.#answeredAt = performance.now();
    };
    this.#last = sent.then(answered, answered);
    return sent;
  }

  #sentNow<T>(send: () => Promise<T>): Promise<T> {
    inOneWrite(this.#client);
    return send();
  }

  /** A failed transaction needs signs of life as well: its end is on its way. */
  #live(): void {
    const silentMs = performance.now() - this.#answeredAt;
    const mostMs = this.#statementMs + this.#manner.patience.onItsWayMs;
    if (this.#unanswered > 0 && silentMs > mostMs) givenUp(this.#client);
    if (this.#unanswered > 0 || this.#isOver) return;
    void this.#run(() => this.#client.query('SELECT 1')).catch(() => undefined);
  }

  #leave(isSound: boolean): void {
    clearInterval(this.#pulse);
    this.#client.release(!isSound);
  }

  /** A late statement would run on a connection that already belongs to somebody else. */
  #refuseWhenOver(): void {
    if (this.#isOver) throw new TransactionOver('the transaction has ended');
  }

  #tell(answer: Promise<unknown>): void {
    answer.catch((cause: unknown) => {
      this.#failed ??= cause;
    });
  }
}

/** Thrown for a statement after its transaction had ended. */
class TransactionOver extends Error {
  override readonly name = 'TransactionOver';
}

/** Members of the driver's client that its types lack. */
interface Connected {
  readonly connection: { readonly stream: Pick<Duplex, 'cork' | 'uncork' | 'destroy'> };
}

/** The driver's types omit its connection. */
const streamOf = (client: ClientBase) => (client as ClientBase & Connected).connection.stream;

/**
 * Sends all statements of a turn by one write. The driver writes each by itself: every write is a call to the
 * kernel, and wakes a process of PostgreSQL.
 */
export function inOneWrite(client: ClientBase): void {
  const stream = streamOf(client);
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Destroys a connection: its statements fail at once, and its pool drops it. */
const givenUp = (client: ClientBase): void => void streamOf(client).destroy();
