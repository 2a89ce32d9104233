import { createHash } from 'node:crypto';
import { setImmediate as immediately } from 'node:timers/promises';
import { type CompiledQuery, sql as built } from 'kysely';
import type { FieldDef, PoolClient, QueryResultRow } from 'pg';
import { givenUp, inOneWrite } from './one-write.ts';
import { compiler, isBuilt, withPropertyNames, type TypedStatement } from './query.ts';
import { tellResult } from './row-type.ts';
import { LIVES_EVERY_MS, type Patience } from './silence.ts';

/** What runs on urgent connections is a closed set; whatever is beyond is planned each time, as elsewhere. */
const MOST_PREPARED = 200;
const names = new Map<string, string>();

/** The name under which the server keeps the plan of a text. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_PREPARED) return known;
  const name = createHash('sha256').update(text).digest('hex').slice(0, 40);
  names.set(text, name);
  return name;
}

/** What a statement came to. */
export interface Answered<Row> {
  readonly rows: Row[];
  /** How PostgreSQL describes their columns. */
  readonly fields: readonly FieldDef[];
  readonly numAffectedRows?: bigint | undefined;
}

/** What failed since a savepoint is undone with it. */
const BACK_TO_SOUND = /^\s*ROLLBACK TO\b/;
const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

const statementMs = (ms: number) => built`SELECT set_config('statement_timeout', ${String(ms)}, true)`;

/** How the statements of a transaction reach the server. */
interface Manner {
  /**
   * Each is on its way as soon as it is asked for: a transaction takes as many round trips as it needs answers. Else
   * each leaves once the one before is answered. The server carries them out in the same order.
   */
  readonly ahead: boolean;
  /** The server keeps their plans. */
  readonly plannedOnce: boolean;
  readonly patience: Patience;
}

/**
 * The statements of one transaction, on a client of its own.
 *
 * While whoever made it waits for something else, it says that it lives: the server ends those that are silent. A
 * server that is silent longer than any statement may take is given up.
 */
export class Statements {
  readonly #client: PoolClient;
  readonly #manner: Manner;
  readonly #pulse: NodeJS.Timeout;
  #failed: unknown;
  #isOver = false;
  #unanswered = 0;
  #heardAt = performance.now();
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

  /** Sends a statement whose answer nobody needs; its failure is that of the transaction. */
  send(statement: TypedStatement<unknown>): void {
    this.#refuseWhenOver();
    this.#tell(this.#query(statement.compile(compiler)));
  }

  /** Sends a statement, and waits for its answer. */
  async ask<Row>(statement: TypedStatement<Row>): Promise<Answered<Row>> {
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
      // What failed first says why: after it the server answers that the transaction is lost.
      throw this.#failed ?? cause;
    }
  }

  /** How long each of its statements may take from now on, in milliseconds. */
  mayTake(ms: number): void {
    this.#statementMs = ms;
    this.send(statementMs(ms));
  }

  /** Fills a table of the session, as the client of this pool can. */
  async copy(text: string, bytes: Buffer): Promise<void> {
    this.#refuseWhenOver();
    const answer = this.#run(() => this.#client.query(text, [bytes]));
    this.#tell(answer);
    await answer;
  }

  /** Ends it well, or throws why it cannot be. */
  async commit(): Promise<void> {
    this.#isOver = true;
    const { command } = await this.#run(() => this.#client.query('COMMIT'));
    // What a statement that nobody waited for came to may be told in the same moment, and be heard a little later.
    if (command !== 'COMMIT') await immediately();
    if (this.#failed !== undefined) throw this.#failed;
    if (command !== 'COMMIT') throw new TransactionOver('the server undid the transaction');
    this.#leave(true);
  }

  /** Ends it without a trace; a connection that does not even take that is given up. */
  async rollback(): Promise<void> {
    this.#isOver = true;
    const isSound = await this.#run(() => this.#client.query('ROLLBACK')).then(
      () => true,
      () => false,
    );
    this.#leave(isSound);
  }

  async #query<Row>({ sql, parameters }: CompiledQuery<Row>): Promise<Answered<Row>> {
    const name = this.#manner.plannedOnce ? nameOf(sql) : undefined;
    const asked = { text: sql, values: [...parameters], ...(name === undefined ? {} : { name }) };
    const answer = this.#run(() => this.#client.query<Row & QueryResultRow>(asked));
    const { command, rowCount, rows, fields } = await answer;
    return { rows, fields, numAffectedRows: WRITES.has(command) ? BigInt(rowCount ?? 0) : undefined };
  }

  /** Sends a statement in its turn. */
  #run<T>(send: () => Promise<T>): Promise<T> {
    if (this.#unanswered === 0) this.#heardAt = performance.now();
    this.#unanswered += 1;
    const sent = this.#manner.ahead ? this.#sentNow(send) : this.#last.then(send);
    const answered = (): void => {
      this.#unanswered -= 1;
      this.#heardAt = performance.now();
    };
    this.#last = sent.then(answered, answered);
    return sent;
  }

  #sentNow<T>(send: () => Promise<T>): Promise<T> {
    inOneWrite(this.#client);
    return send();
  }

  /** A transaction that failed lives as well: its end is on its way. */
  #live(): void {
    const silentMs = performance.now() - this.#heardAt;
    const mostMs = this.#statementMs + this.#manner.patience.onItsWayMs;
    if (this.#unanswered > 0 && silentMs > mostMs) givenUp(this.#client);
    if (this.#unanswered > 0 || this.#isOver) return;
    void this.#run(() => this.#client.query('SELECT 1')).catch(() => undefined);
  }

  #leave(isSound: boolean): void {
    clearInterval(this.#pulse);
    this.#client.release(!isSound);
  }

  /** What comes late would run on a connection that is somebody else's by now. */
  #refuseWhenOver(): void {
    if (this.#isOver) throw new TransactionOver('the transaction has ended');
  }

  #tell(answer: Promise<unknown>): void {
    answer.catch((cause: unknown) => {
      this.#failed ??= cause;
    });
  }
}

/** Somebody went on asking after their transaction had ended. */
class TransactionOver extends Error {
  override readonly name = 'TransactionOver';
}
