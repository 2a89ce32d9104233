import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/tenant-keys.ts';
import { mergeRows, readyRows, receiveRows, type Merge, type ReadyRows } from './import-merge.ts';
import { countsOf, tallyAfter } from './import-outcome.ts';
import type { HeldRow } from './import-page.ts';
import { keepRejected } from './import-rejected.ts';
import {
  advanceImport,
  lockImport,
  type ImportCursor,
  type ImportRecord,
  type ReaderHome,
} from './import.repository.ts';

/** What merges are made with. */
export interface StepDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** Aborted on shutdown: the row stays where the last merge left it. */
  readonly signal?: AbortSignal | undefined;
}

/** Whose file is read. */
export interface StepFile {
  readonly keys: TenantKeys;
  readonly record: ImportRecord;
  readonly home: ReaderHome;
}

/** Rows that are ready to be written. */
export interface PreparedRows {
  readonly rows: readonly HeldRow[];
  readonly ready: ReadyRows;
}

/** Makes rows ready while those before them are written. */
export async function prepare(
  { database, clock }: StepDeps,
  { keys }: StepFile,
  { about, rows }: { readonly about: Merge; readonly rows: readonly HeldRow[] },
): Promise<PreparedRows> {
  const ready = await database.withTenant(keys.tenantId, (tx) =>
    readyRows(tx, { keys, clock }, { merge: about, rows }),
  );
  return { rows, ready };
}

/** The rows of one merge, and where they stand in the file. */
interface StepRows extends PreparedRows {
  readonly about: Merge;
  /** The byte at which they begin. */
  readonly from: number;
  /** The cursor behind them. */
  readonly cursor: ImportCursor;
}

/** Another attempt reads on, or will. */
class NotOurTurn extends Error {
  override readonly name = 'NotOurTurn';
}

/**
 * One merge in one transaction: what the rows say, what is given back, and the cursor behind them.
 *
 * People who may be new are written while the merge before is being ended: neither can tell of a number of the
 * other's. All else waits for it, and nothing stays where it failed, for then the cursor is not where this begins.
 */
export class Step {
  readonly #deps: StepDeps;
  readonly #file: StepFile;
  readonly #its: StepRows;
  readonly #numbers: ReadonlySet<string>;
  readonly #holding = Promise.withResolvers<void>();
  /** False when another attempt reads on. */
  readonly done: Promise<boolean>;
  /** What it took, without the time that it waited for the merge before. */
  tookMs = 0;

  constructor(
    deps: StepDeps,
    file: StepFile,
    { before, ...its }: StepRows & { readonly before: Step | undefined },
  ) {
    [this.#deps, this.#file, this.#its] = [deps, file, its];
    this.#numbers = new Set(its.rows.flatMap(({ reading: { phone } }) => phone ?? []));
    this.done = this.#merge(before).finally(() => {
      this.#holding.resolve();
    });
    // Whoever awaits it is told.
    this.done.catch(() => undefined);
  }

  async #merge(before: Step | undefined): Promise<boolean> {
    const { database, clock } = this.#deps;
    const began = clock.monotonic();
    try {
      await database.withTenant(this.#file.keys.tenantId, (tx) => this.#within(tx, before));
    } catch (error) {
      if (error instanceof NotOurTurn || isDeadlock(error)) return false;
      throw error;
    }
    this.tookMs += clock.monotonic() - began;
    return true;
  }

  async #within(tx: Transaction, before: Step | undefined): Promise<void> {
    const { keys, record, home } = this.#file;
    const { about, rows, ready, from, cursor } = this.#its;
    const deps = { keys, clock: this.#deps.clock };
    if (before !== undefined && this.#tellsOf(before.#numbers)) await before.done;
    const arrived = await receiveRows(tx, deps, { merge: about, ready });
    const current = await this.#locked(tx, before);
    if (current?.state !== 'reading' || current.cursor.offset !== from) throw new NotOurTurn(record.id);
    this.#goOn();
    const outcomes = await mergeRows(tx, deps, { merge: about, rows, ready, arrived });
    const rejected = new Set(outcomes.flatMap(({ kind, line }) => (kind === 'rejected' ? line : [])));
    await keepRejected(tx, keys, {
      importId: record.id,
      language: home.locale.startsWith('en') ? 'en' : 'fr',
      at: deps.clock.now().toISO(),
      outcomes,
      cells: new Map(
        rows.flatMap(({ row }) => (rejected.has(row.line) ? [[row.line, row.cells ?? []]] : [])),
      ),
    });
    await advanceImport(tx, record.id, {
      cursor,
      counts: countsOf(outcomes),
      tally: tallyAfter(current.report, outcomes),
    });
    this.#goOn();
  }

  /** Whether a number stands in both: what is told of it is told in its order. */
  #tellsOf(others: ReadonlySet<string>): boolean {
    return this.#its.rows.some(({ reading: { phone = '' } }) => others.has(phone));
  }

  #goOn(): void {
    if (this.#deps.signal?.aborted === true) throw new NotOurTurn('shutting down');
  }

  /** The import, once the merge before has committed: PostgreSQL waits, so that it sees who waits for whom. */
  async #locked(tx: Transaction, before: Step | undefined): Promise<ImportRecord | undefined> {
    const began = this.#deps.clock.monotonic();
    if (before !== undefined) await before.#holding.promise;
    const current = await lockImport(tx, this.#file.record.id);
    this.tookMs -= this.#deps.clock.monotonic() - began;
    this.#holding.resolve();
    return current;
  }
}

const DEADLOCK = '40P01';

/** Two files tell of the same people in another order: one of them reads on later. */
const isDeadlock = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === DEADLOCK;
