import { createHash } from 'node:crypto';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type RawBuilder,
} from 'kysely';
import type { PoolClient, QueryResultRow } from 'pg';
import { inOneWrite } from './one-write.ts';

/** Turns statements into text; nothing is ever run on it. */
const compiler = new Kysely<Record<string, never>>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

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
  readonly numAffectedRows?: bigint | undefined;
}

/** What failed since a savepoint is undone with it. */
const BACK_TO_SOUND = /^\s*ROLLBACK TO\b/;
const WRITES = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/**
 * The statements of one transaction, each on its way as soon as it is asked for.
 *
 * The server carries them out in that order: a transaction takes as many round trips as it needs answers.
 */
export class UrgentStatements {
  readonly #client: PoolClient;
  readonly #plannedOnce: boolean;
  #failed: unknown;
  #isOver = false;

  constructor(client: PoolClient, { plannedOnce }: { readonly plannedOnce: boolean }) {
    this.#client = client;
    this.#plannedOnce = plannedOnce;
    inOneWrite(client);
    this.#tell(this.#client.query('BEGIN'));
  }

  /** Sends a statement whose answer nobody needs; its failure is that of the transaction. */
  send(statement: RawBuilder<unknown>): void {
    this.#refuseWhenOver();
    this.#tell(this.#query(statement.compile(compiler)));
  }

  /** Sends a statement, and waits for its answer. */
  async ask<Row>(statement: RawBuilder<Row>): Promise<Answered<Row>> {
    this.#refuseWhenOver();
    const compiled = statement.compile(compiler);
    const answer = this.#query(compiled);
    this.#tell(answer);
    try {
      const answered = await answer;
      if (BACK_TO_SOUND.test(compiled.sql)) this.#failed = undefined;
      return answered;
    } catch (cause) {
      // What failed first says why: after it the server answers that the transaction is lost.
      throw this.#failed ?? cause;
    }
  }

  /** Fills a table of the session, as the client of this pool can. */
  async copy(text: string, bytes: Buffer): Promise<void> {
    this.#refuseWhenOver();
    const answer = this.#client.query(text, [bytes]);
    this.#tell(answer);
    await answer;
  }

  /** Ends it well, or throws why it cannot be. */
  async commit(): Promise<void> {
    this.#isOver = true;
    inOneWrite(this.#client);
    await this.#client.query('COMMIT');
    if (this.#failed !== undefined) throw this.#failed;
    this.#client.release();
  }

  /** Ends it without a trace; a connection that does not even take that is given up. */
  async rollback(): Promise<void> {
    this.#isOver = true;
    const isSound = await this.#client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    this.#client.release(!isSound);
  }

  async #query<Row>({ sql, parameters }: CompiledQuery<Row>): Promise<Answered<Row>> {
    const name = this.#plannedOnce ? nameOf(sql) : undefined;
    inOneWrite(this.#client);
    const asked = { text: sql, values: [...parameters], ...(name === undefined ? {} : { name }) };
    const { command, rowCount, rows } = await this.#client.query<Row & QueryResultRow>(asked);
    return { rows, numAffectedRows: WRITES.has(command) ? BigInt(rowCount ?? 0) : undefined };
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
