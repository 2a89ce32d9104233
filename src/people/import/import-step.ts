import type { Clock, Database, Transaction, Sealer, Plan, PlanReason } from '../../platform/index.ts';
import { inTime, type CsvRow } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { receiveReady, mergeRows, type Merge, type ReadyRows } from './import-merge.ts';
import {
  candidateOf,
  newcomersOf,
  type Newcomers,
  type NewcomerCandidate,
  type SealedReading,
} from './newcomer.ts';
import {
  sentenceFor,
  columnsFor,
  positionsOf,
  type Header,
  type ImportCursor,
  type ReaderHome,
  type RowReading,
  ReaderStopped,
} from '../../reading/index.ts';
import { countsOf, giveBack, readingPlan, tallyAfter } from './import-report.ts';
import {
  advanceImport,
  lockImport,
  beginReading,
  endImport,
  readImportRow,
  readReaderHome,
  noteStop,
  parkImport,
  type ImportRecord,
} from './import.repository.ts';
import { forgetNewcomers } from './newcomer.repository.ts';
import { languageOf, reasonWords, type Words } from '../../words/index.ts';
import { readHome, type ContactDeps } from '../contact/contact.repository.ts';
import type { Home } from '../contact/upsert-contacts.ts';
import { peopleFiles } from './file-readers.ts';
import { textOf } from './import-reception.ts';

/** Rows prepared for writing. */
export interface PreparedRows {
  readonly rows: readonly HeldRow[];
  readonly ready: ReadyRows;
}

/** The final cursor of a merge; undefined when another attempt had taken its file. */
export type MergeTurn = Promise<ImportCursor | undefined>;

/** One merge, and its position among those of its file. */
interface Step extends PreparedRows {
  readonly about: Merge;
  /** The turn of the previous merge. */
  readonly turn: MergeTurn;
  /** True when its newcomers may be written before its turn. */
  readonly goesAhead: boolean;
  /** Returns the cursor behind rows that begin at another. */
  readonly behind: (at: ImportCursor, rows: readonly HeldRow[]) => ImportCursor;
}

interface Merged {
  readonly cursor: ImportCursor;
  /** Milliseconds without the wait for the previous merge. */
  readonly tookMs: number;
  /** True when others needed its numbers, or the machine is slow: then going ahead costs more than it brings. */
  readonly gaveWay: boolean;
}

/** The dependencies of reading one file. */
interface StepDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** A merge that still waits for its turn may hold locks that the previous one needs: far less than a statement may take. */
const PATIENCE_MS = 2_000;

/**
 * Writes rows, rejections and the cursor in one transaction. Undefined when another attempt reads on. Newcomers are
 * written concurrently with the previous merge; all that depends on others, once that one is committed.
 */
export async function mergeStep(deps: StepDeps, opened: OpenedFile, step: Step): Promise<Merged | undefined> {
  const { turn, goesAhead, ready } = step;
  if (!goesAhead || ready.arrivals.arrivals.length === 0) await turn;
  const ahead = await attempt(deps, opened, step);
  if (ahead !== 'gave way') return ahead;
  await turn;
  const inTurn = await attempt(deps, opened, step);
  return inTurn === 'gave way' || inTurn === undefined ? undefined : { ...inTurn, gaveWay: true };
}

const attempt = (deps: StepDeps, opened: OpenedFile, step: Step): Promise<Merged | 'gave way' | undefined> =>
  deps.database.withTenant(opened.keys.tenantId, async (tx) => {
    const { clock } = deps;
    const began = clock.monotonic();
    const arrived = await receiveReady(
      tx,
      { keys: opened.keys, clock },
      { merge: step.about, ready: step.ready },
    );
    const ahead = clock.monotonic() - began;
    const at = await inTime(step.turn, PATIENCE_MS, 'gave way' as const);
    const resumed = clock.monotonic();
    const record = typeof at === 'object' ? await lockImport(tx, opened.record.id) : undefined;
    if (typeof at !== 'object' || record?.state !== 'reading' || record.cursor.offset !== at.offset) {
      if (arrived.size > 0) await forgetNewcomers(tx);
      return at === 'gave way' ? at : undefined;
    }
    const cursor = step.behind(at, step.rows);
    await write(tx, deps, { opened, record, step, arrived, cursor });
    return { cursor, tookMs: ahead + clock.monotonic() - resumed, gaveWay: false };
  });

async function write(
  tx: Transaction,
  { clock }: StepDeps,
  {
    opened: { keys, home },
    record,
    step,
    arrived,
    cursor,
  }: {
    readonly opened: OpenedFile;
    readonly record: ImportRecord;
    readonly step: Step;
    readonly arrived: Newcomers;
    readonly cursor: ImportCursor;
  },
): Promise<void> {
  const { about: merge, rows, ready } = step;
  const outcomes = await mergeRows(tx, { keys, clock }, { merge, rows, ready, arrived });
  const language = languageOf(home.locale);
  const rejected = outcomes.flatMap((outcome, turn) => {
    if (outcome.kind !== 'rejected') return [];
    const { line, problem } = outcome;
    const { code, fields, reason } = problem;
    const detail = sentenceFor(problem, language);
    return [{ line, code, detail, facts: { fields, reason }, cells: rows[turn]?.row.cells ?? [] }];
  });
  await giveBack(tx, keys, {
    importId: record.id,
    at: clock.now().toISO(),
    rows: rejected,
    read: positionsOf(columnsFor(record.kind, cursor.headings, record.options)),
  });
  await advanceImport(tx, record.id, {
    cursor,
    counts: countsOf(outcomes),
    tally: tallyAfter(record.report, outcomes),
  });
}

/** A row prepared as far as possible before its turn to be written. */
export interface HeldRow extends SealedReading {
  readonly row: CsvRow;
}

interface PendingRow extends Pick<HeldRow, 'row' | 'reading'> {
  readonly candidate: NewcomerCandidate | undefined;
}

/** Rows are sealed in groups of so many, while later ones are read. */
const SEALED_AT_ONCE = 250;

/** The rows of one merge, sealed as they come. */
export class ImportPage {
  readonly #deps: ContactDeps;
  readonly #home: Home;
  #nowMs = 0;
  readonly #sealer: Sealer;
  #pending: PendingRow[] = [];
  #sealing: Promise<readonly HeldRow[]>[] = [];
  #size = 0;

  constructor(deps: ContactDeps, home: Home, sealer: Sealer) {
    [this.#deps, this.#home, this.#sealer] = [deps, home, sealer];
  }

  get size(): number {
    return this.#size;
  }

  /** A person of an earlier row of the file is no newcomer. */
  add(row: CsvRow, reading: RowReading, comesAgain: boolean): void {
    // Rows that are sealed at once are read at one instant.
    if (this.#pending.length === 0) this.#nowMs = this.#deps.clock.now().toMillis();
    const candidate = comesAgain
      ? undefined
      : candidateOf(this.#deps, { home: this.#home, nowMs: this.#nowMs }, reading);
    this.#pending.push({ row, reading, candidate });
    this.#size += 1;
    if (this.#pending.length >= SEALED_AT_ONCE) this.#seal();
  }

  /** Takes its rows, sealed or being sealed; the next ones begin another page. The rows stand in an object, so that a generator does not wait for them. */
  taken(): { readonly rows: Promise<readonly HeldRow[]> } {
    this.#seal();
    const rows = Promise.all(this.#sealing).then((some) => some.flat());
    // A failure reaches whoever awaits the rows.
    rows.catch(() => undefined);
    [this.#sealing, this.#size] = [[], 0];
    return { rows };
  }

  #seal(): void {
    const sealing = sealed(this.#deps, this.#sealer, this.#pending);
    sealing.catch(() => undefined);
    this.#sealing.push(sealing);
    this.#pending = [];
  }
}

async function sealed(
  deps: ContactDeps,
  sealer: Sealer,
  pending: readonly PendingRow[],
): Promise<readonly HeldRow[]> {
  const candidates = pending.flatMap(({ candidate }) => candidate ?? []);
  const newcomers = candidates.length === 0 ? [] : await newcomersOf(deps, sealer, candidates);
  const rest = newcomers.values();
  return pending.map(({ row, reading, candidate }) => ({
    row,
    line: row.line,
    reading,
    newcomer: candidate === undefined ? undefined : rest.next().value,
  }));
}

export interface ImportKey {
  readonly tenantId: string;
  readonly importId: string;
}

/** A file that is being read. */
export interface OpenedFile {
  readonly keys: TenantKeys;
  readonly record: ImportRecord;
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  readonly place: Home;
}

/** Opens an import at its cursor, or at its header; undefined when it is finished, its failure when it failed. */
export async function openImport(
  deps: StepDeps,
  keys: TenantKeys,
  key: ImportKey,
): Promise<OpenedFile | { readonly failure: string } | undefined> {
  const { database, clock, signal } = deps;
  const { tenantId, importId } = key;
  const found = await database.withTenant(tenantId, (tx) => readImportRow(tx, importId));
  if (found?.state === 'failed') return { failure: found.failure ?? 'FAILED' };
  if (found === undefined || !isOpen(found)) return undefined;
  if (isBegun(found.cursor)) {
    const home = await database.withTenant(tenantId, readReaderHome);
    const place = await database.withTenant(tenantId, readHome);
    return { keys, record: found, cursor: found.cursor, home, place };
  }
  const { kind, options } = found;
  const textFrom = (offset: number) => textOf({ database, keys, importId }, offset);
  const header = await peopleFiles.header({ tenantId, textFrom, signal }, { kind, options });
  await database.withTenant(tenantId, (tx) => keepHeader(tx, importId, { header, at: clock.now().toISO() }));
  return openImport(deps, keys, key);
}

/** Stores a header, or its failure; where another attempt did, that result stays. */
export async function keepHeader(
  tx: Transaction,
  importId: string,
  { header, at }: { readonly header: Header; readonly at: string },
): Promise<void> {
  if (header.kind === 'unreadable') {
    await endImport(tx, importId, { state: 'failed', failure: header.failure, at });
    return;
  }
  const tally = { rejectedBy: {}, warningsBy: {}, wordings: {}, ignoredColumns: header.ignored };
  await beginReading(tx, importId, { cursor: header.cursor, tally });
}

/** Says whether rows remain to be read. */
export const isOpen = ({ state }: Pick<ImportRecord, 'state'>): boolean =>
  state === 'queued' || state === 'reading';

/** Says whether its header was read. */
export const isBegun = (cursor: Partial<ImportCursor>): cursor is ImportCursor => cursor.offset !== undefined;

/** A machine may stall once, and a row may be read beside something large; a second time it is the row. */
const MOST_STOPS_AT_LINE = 2;

/** Without a merge meanwhile, so many tries are enough, whatever rows they stopped at. */
const MOST_STOPS_AT_CURSOR = 5;

/** Reads a file; one that stops its reader twice at one row, or too often without a merge, is parked, and its row named. */
export async function parkedWhenStopped(
  deps: StepDeps,
  key: ImportKey,
  read: () => Promise<Plan<PlanReason>>,
): Promise<Plan<PlanReason>> {
  try {
    return await read();
  } catch (cause) {
    // On shutdown the row stays where the last merge left it.
    if (deps.signal?.aborted === true && cause === deps.signal.reason) return readingPlan(undefined);
    if (!(cause instanceof ReaderStopped)) throw cause;
    return stoppedAt(deps, key, cause.line);
  }
}

/** Compares by the cursor: merges since then are behind the row. */
const stoppedAt = (
  { database, clock }: StepDeps,
  { tenantId, importId }: ImportKey,
  line: number,
): Promise<Plan<PlanReason>> =>
  database.withTenant(tenantId, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record === undefined || !isOpen(record)) return over('FINISHED', reasonWords('fileOver'));
    const { stops, offset = 0 } = record.cursor;
    const lines = [...((stops?.offset === offset ? stops.lines : undefined) ?? []), line];
    const atLine = lines.filter((one) => one === line).length;
    if (atLine < MOST_STOPS_AT_LINE && lines.length < MOST_STOPS_AT_CURSOR) {
      await noteStop(tx, importId, { offset, lines });
      return readingPlan(record);
    }
    await parkImport(tx, importId, {
      failure: { code: 'ROW_STOPS_READER', line },
      at: clock.now().toISO(),
    });
    return over('PARKED', reasonWords('rowStops', { line }));
  });

const over = (code: string, text: Words): Plan<PlanReason> => ({ kind: 'done', because: { code, text } });
