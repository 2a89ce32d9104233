import { createHash } from 'node:crypto';
import { setImmediate as immediately } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { CompiledQuery, sql as built } from 'kysely';
import type { FieldDef, PoolClient, QueryResultRow, ClientBase } from 'pg';
import type { EntityAnswer, EntityStatements } from './entity-manager.ts';
import { builtValues, compiler, isBuilt, withPropertyNames, type TypedStatement } from './query.ts';
import { publishResult } from './row-type.ts';

/**
 * Startup options of connections whose statements are planned once, and find rows by keys alone. A generic plan
 * assumes arrays of ten elements, so it takes nested loops on primary keys whatever the size of the tables. A custom
 * plan costs 15–25 µs a message in planning alone, and milliseconds where a dozen tables are joined. Materialization
 * is off: a table without statistics seems small, and each page would read all of it.
 */
export const KEYED_PLANS =
  '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off ' +
  '-c enable_bitmapscan=off -c enable_memoize=off -c enable_material=off -c max_parallel_workers_per_gather=0 -c jit=off';

/** Sends a statement before the last one is answered; not yet in the driver's types. */
export const PIPELINED = { pipeline: true };

/** A client that is silent for so long within a transaction is frozen, or its host is gone: the server ends it. */
export const SILENT_MS = 6_000;

/** Milliseconds between signs of life of a transaction that waits for something else. */
const BEATS_EVERY_MS = 2_000;

/**
 * Returns startup options by which the server ends a connection whose client is silent for six seconds. A frozen
 * process closes nothing: its locks would stay until it is killed. A host that is gone answers no packet: the kernel
 * would wait for some two hours.
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
  /** The server's limit for a statement, in milliseconds, unless its transaction sets another. */
  readonly statementMs: number;
  /**
   * Milliseconds beyond it that the answer may take to arrive: a host that vanished never answers, and no packet says
   * so.
   */
  readonly onItsWayMs: number;
}

/** Limits for statements that may be large. */
export const PATIENT: AnswerLimits = { statementMs: 30_000, onItsWayMs: 5_000 };

/** Limits for one row that is useless when late. */
export const IMPATIENT: AnswerLimits = { statementMs: 3_000, onItsWayMs: 1_000 };

/** The urgent statements are a closed set, well below this number; any beyond it would be planned each time. */
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

/** A rollback to a savepoint makes a failed transaction usable again. */
const TO_SAVEPOINT = /^\s*ROLLBACK TO\b/;
const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

const statementMs = (ms: number) => built`SELECT set_config('statement_timeout', ${String(ms)}, true)`;

interface Sending {
  /**
   * True to send each statement at once, so that a transaction takes as many round trips as it awaits answers; false
   * to send it once the one before is answered. The server carries them out in the same order either way.
   */
  readonly ahead: boolean;
  /** True when the server keeps their plans. */
  readonly plannedOnce: boolean;
  readonly patience: AnswerLimits;
}

/**
 * Sends the statements of one transaction, on a client of its own. While the transaction waits for something else it
 * sends signs of life, since the server ends a silent one. A server that answers nothing for longer than a statement
 * may take is given up.
 */
export class Statements implements EntityStatements {
  readonly #client: PoolClient;
  readonly #sending: Sending;
  readonly #pulse: NodeJS.Timeout;
  #failed: unknown;
  #isOver = false;
  #unanswered = 0;
  #answeredAt = performance.now();
  #statementMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: PoolClient, sending: Sending) {
    this.#client = client;
    this.#sending = sending;
    this.#statementMs = sending.patience.statementMs;
    this.#noteFailure(this.#run(() => this.#client.query('BEGIN')));
    const { onItsWayMs } = sending.patience;
    this.#pulse = setInterval(() => this.#beat(), Math.min(BEATS_EVERY_MS, onItsWayMs / 2)).unref();
  }

  /** Sends a statement without awaiting its answer; its failure fails the transaction. */
  send(statement: TypedStatement<unknown>): void {
    this.#refuseWhenOver();
    this.#noteFailure(this.#query(statement.compile(compiler)));
  }

  /** Sends a statement, and waits for its answer. */
  async ask<Row>(statement: TypedStatement<Row>): Promise<StatementAnswer<Row>> {
    this.#refuseWhenOver();
    const compiled = statement.compile(compiler);
    const answer = this.#query(compiled);
    this.#noteFailure(answer);
    try {
      const answered = await answer;
      publishResult(statement, compiled.sql, answered);
      if (TO_SAVEPOINT.test(compiled.sql)) this.#failed = undefined;
      return isBuilt(compiled)
        ? { ...answered, rows: await withPropertyNames(compiled, answered.rows) }
        : answered;
    } catch (cause) {
      // The first failure explains the others: after it the server only answers that the transaction is aborted.
      throw this.#failed ?? cause;
    }
  }

  /** Runs a statement of the entity manager; values are read as for `query`, and named as the columns are. */
  async askForEntities(text: string, values: readonly unknown[]): Promise<EntityAnswer> {
    this.#refuseWhenOver();
    const compiled: CompiledQuery<object> = CompiledQuery.raw(text, [...values]);
    const answer = this.#query(compiled, builtValues);
    this.#noteFailure(answer);
    try {
      const { rows, numAffectedRows } = await answer;
      return { rows, affected: Number(numAffectedRows ?? rows.length) };
    } catch (cause) {
      throw this.#failed ?? cause;
    }
  }

  mayTake(ms: number): void {
    this.#statementMs = ms;
    this.send(statementMs(ms));
  }

  /** Fills a table of the session. */
  async copy(text: string, bytes: Buffer): Promise<void> {
    this.#refuseWhenOver();
    const answer = this.#run(() => this.#client.query(text, [bytes]));
    this.#noteFailure(answer);
    await answer;
  }

  async commit(): Promise<void> {
    this.#isOver = true;
    const { command } = await this.#run(() => this.#client.query('COMMIT'));
    // The failure of a statement that nobody awaited may arrive in the same tick and be noted a little later.
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
    const name = this.#sending.plannedOnce ? nameOf(text) : undefined;
    const config = {
      text,
      values: [...parameters],
      ...(name === undefined ? {} : { name }),
      ...(types === undefined ? {} : { types }),
    };
    const answer = this.#run(() => this.#client.query<Row & QueryResultRow>(config));
    const { command, rowCount, rows, fields } = await answer;
    return { rows, fields, numAffectedRows: WRITES.has(command) ? BigInt(rowCount ?? 0) : undefined };
  }

  #run<T>(send: () => Promise<T>): Promise<T> {
    if (this.#unanswered === 0) this.#answeredAt = performance.now();
    this.#unanswered += 1;
    const sent = this.#sending.ahead ? this.#sendNow(send) : this.#last.then(send);
    const answered = (): void => {
      this.#unanswered -= 1;
      this.#answeredAt = performance.now();
    };
    this.#last = sent.then(answered, answered);
    return sent;
  }

  #sendNow<T>(send: () => Promise<T>): Promise<T> {
    inOneWrite(this.#client);
    return send();
  }

  /**
   * Sends a sign of life, also in a failed transaction until its owner ends it; gives up a server that is silent too
   * long.
   */
  #beat(): void {
    const silentMs = performance.now() - this.#answeredAt;
    const mostMs = this.#statementMs + this.#sending.patience.onItsWayMs;
    if (this.#unanswered > 0 && silentMs > mostMs) giveUp(this.#client);
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

  #noteFailure(answer: Promise<unknown>): void {
    answer.catch((cause: unknown) => {
      this.#failed ??= cause;
    });
  }
}

/** Thrown for a statement after its transaction had ended. */
class TransactionOver extends Error {
  override readonly name = 'TransactionOver';
}

/** The driver's client, with its connection, which its types lack. */
interface Connected extends ClientBase {
  readonly connection: { readonly stream: Pick<Duplex, 'cork' | 'uncork' | 'destroy'> };
}

const streamOf = (client: ClientBase) => (client as Connected).connection.stream;

/**
 * Sends all statements of a turn of the event loop in one write. The driver would write each by itself: every write is
 * a call to the kernel, and wakes a process of PostgreSQL.
 */
export function inOneWrite(client: ClientBase): void {
  const stream = streamOf(client);
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Destroys a connection: its statements fail at once, and its pool drops it. */
const giveUp = (client: ClientBase): void => void streamOf(client).destroy();
