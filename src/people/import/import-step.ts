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

export interface PreparedRows {
  readonly rows: readonly HeldRow[];
  readonly ready: ReadyRows;
}

/** Resolves once a merge is committed, to the cursor behind it; to undefined when another attempt took the file over. */
export type MergeTurn = Promise<ImportCursor | undefined>;

/** One merge of a file, in its place among the others. */
interface Step extends PreparedRows {
  readonly about: Merge;
  /** The end of the previous merge. */
  readonly turn: MergeTurn;
  /** True when its newcomers may be written while the previous merge goes on. */
  readonly goesAhead: boolean;
  /** Returns the cursor behind rows, from the cursor before them. */
  readonly behind: (at: ImportCursor, rows: readonly HeldRow[]) => ImportCursor;
}

interface Merged {
  readonly cursor: ImportCursor;
  /** Milliseconds without the wait for the previous merge. */
  readonly tookMs: number;
  /** True when it had to start again in its turn: then going ahead costs more than it brings. */
  readonly gaveWay: boolean;
}

/** What reading one file needs. */
interface StepDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * How long a merge waits for the previous one, in milliseconds, before it rolls back: it may hold locks for which the
 * previous one waits. It is far less than a statement may take.
 */
const PATIENCE_MS = 2_000;

/**
 * Writes rows, rejections and the cursor in one transaction; undefined when another attempt took the file over.
 * Newcomers are written while the previous merge goes on, and everything else once that one is committed.
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

/** A row as read, with its person sealed where they may be new. */
export interface HeldRow extends SealedReading {
  readonly row: CsvRow;
}

interface PendingRow extends Pick<HeldRow, 'row' | 'reading'> {
  readonly candidate: NewcomerCandidate | undefined;
}

/** Rows that are sealed together, while later ones are read. */
const SEALED_AT_ONCE = 250;

/** Gathers the rows of one merge, and seals them as they come. */
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

  /** Adds a row; its person is no newcomer when an earlier row of the file has the same number. */
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

  /**
   * Returns its rows, which may still be sealed, and begins the next page. They come as a promise within an object,
   * since a generator awaits a promise that it yields.
   */
  taken(): { readonly rows: Promise<readonly HeldRow[]> } {
    this.#seal();
    const rows = Promise.all(this.#sealing).then((some) => some.flat());
    // A failure reaches whoever awaits the rows.
    rows.catch(() => undefined);
    [this.#sealing, this.#size] = [[], 0];
    return { rows };
  }

  #seal(): void {
    const sealing = sealedRows(this.#deps, this.#sealer, this.#pending);
    sealing.catch(() => undefined);
    this.#sealing.push(sealing);
    this.#pending = [];
  }
}

async function sealedRows(
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

/** The ids of an import and its tenant. */
export interface ImportKey {
  readonly tenantId: string;
  readonly importId: string;
}

/** An import whose file is being read, with what its rows need. */
export interface OpenedFile {
  readonly keys: TenantKeys;
  readonly record: ImportRecord;
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  readonly place: Home;
}

/** Opens an import at its cursor, after its header was read; undefined when it is over, the failure when it failed. */
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

/** Stores how a file is read, or why it cannot be; what another attempt stored before stays. */
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

/** Says whether the header of the file was read. */
export const isBegun = (cursor: Partial<ImportCursor>): cursor is ImportCursor => cursor.offset !== undefined;

/** The first stop at a row may come from a machine that stalled or from something large beside it; the second is the row's. */
const MOST_STOPS_AT_LINE = 2;

/** After so many stops without a merge in between the import is parked, at whatever rows they were. */
const MOST_STOPS_AT_CURSOR = 5;

/**
 * Reads a file, and parks it when it stops its reader twice at one row, or too often without a merge; the plan then
 * names the row.
 */
export async function parkedWhenStopped(
  deps: StepDeps,
  key: ImportKey,
  read: () => Promise<Plan<PlanReason>>,
): Promise<Plan<PlanReason>> {
  try {
    return await read();
  } catch (cause) {
    // On shutdown the import stays as the last merge left it.
    if (deps.signal?.aborted === true && cause === deps.signal.reason) return readingPlan(undefined);
    if (!(cause instanceof ReaderStopped)) throw cause;
    return stoppedAt(deps, key, cause.line);
  }
}

/** Notes a stop of the reader at a line. Stops from before the last merge do not count: that merge got behind them. */
const stoppedAt = (
  { database, clock }: StepDeps,
  { tenantId, importId }: ImportKey,
  line: number,
): Promise<Plan<PlanReason>> =>
  database.withTenant(tenantId, async (tx) => {
    const record = await lockImport(tx, importId);
    if (record === undefined || !isOpen(record)) return done('FINISHED', reasonWords('fileOver'));
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
    return done('PARKED', reasonWords('rowStops', { line }));
  });

/** Builds the plan of an import whose workflow ends, with the reason. */
export const done = (code: string, text: Words): Plan<PlanReason> => ({
  kind: 'done',
  because: { code, text },
});
