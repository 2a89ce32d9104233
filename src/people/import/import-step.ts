import { type Clock, type Database, type Transaction, inTime } from '../../platform/index.ts';
import { receiveReady, mergeRows, type Merge, type ReadyRows } from './import-merge.ts';
import type { Newcomers } from './import-newcomer.ts';
import type { OpenedFile } from './import-opening.ts';
import { columnsFor } from './import-header.ts';
import { countsOf, tallyAfter } from './import-outcome.ts';
import type { HeldRow } from './import-page.ts';
import { keepRejected } from './import-rejected.ts';
import { advanceImport, lockImport, type ImportCursor, type ImportRecord } from './import.repository.ts';
import { positionsOf } from './read-columns.ts';
import { forgetNewcomers } from './newcomer.repository.ts';
import { languageOf } from '../../words/index.ts';

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

/** The result of a merge. */
interface Merged {
  readonly cursor: ImportCursor;
  /** Milliseconds without the wait for the previous merge. */
  readonly tookMs: number;
  /** True when others needed its numbers, or the machine is slow: then going ahead costs more than it brings. */
  readonly gaveWay: boolean;
}

interface StepDeps {
  readonly database: Database;
  readonly clock: Clock;
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
    await write(tx, { deps, opened, record, step, arrived, cursor });
    return { cursor, tookMs: ahead + clock.monotonic() - resumed, gaveWay: false };
  });

interface Writing {
  readonly deps: StepDeps;
  readonly opened: OpenedFile;
  readonly record: ImportRecord;
  readonly step: Step;
  readonly arrived: Newcomers;
  readonly cursor: ImportCursor;
}

async function write(
  tx: Transaction,
  { deps: { clock }, opened: { keys, home }, record, step, arrived, cursor }: Writing,
): Promise<void> {
  const { about: merge, rows, ready } = step;
  const outcomes = await mergeRows(tx, { keys, clock }, { merge, rows, ready, arrived });
  const rejected = new Set(outcomes.flatMap(({ kind, line }) => (kind === 'rejected' ? line : [])));
  await keepRejected(tx, keys, {
    importId: record.id,
    language: languageOf(home.locale),
    at: clock.now().toISO(),
    outcomes,
    read: positionsOf(columnsFor(record.kind, cursor.headings, record.options)),
    cells: new Map(rows.flatMap(({ row }) => (rejected.has(row.line) ? [[row.line, row.cells ?? []]] : []))),
  });
  await advanceImport(tx, record.id, {
    cursor,
    counts: countsOf(outcomes),
    tally: tallyAfter(record.report, outcomes),
  });
}
