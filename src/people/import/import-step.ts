import { type Clock, type Database, type Transaction, inTime } from '../../platform/index.ts';
import { receiveReady, mergeRows, type Merge, type ReadyRows } from './import-merge.ts';
import type { Newcomers } from './import-newcomer.ts';
import type { Opened } from './import-opening.ts';
import { columnsFor } from './import-header.ts';
import { countsOf, tallyAfter } from './import-outcome.ts';
import type { HeldRow } from './import-page.ts';
import { keepRejected } from './import-rejected.ts';
import { advanceImport, lockImport, type ImportCursor, type ImportRecord } from './import.repository.ts';
import { positionsOf } from './read-columns.ts';
import { forgetNewcomers } from './newcomer.repository.ts';
import { languageOf } from '../../words/index.ts';

/** Rows with all that is known of them before they are written. */
export interface PreparedRows {
  readonly rows: readonly HeldRow[];
  readonly ready: ReadyRows;
}

/** The cursor that a merge ends at; nothing when it found its file in other hands. */
export type Turn = Promise<ImportCursor | undefined>;

/** One merge, and its place among those of its file. */
interface Step extends PreparedRows {
  readonly about: Merge;
  /** Of the merge before it. */
  readonly turn: Turn;
  /** Whether its newcomers may be written before it is its turn. */
  readonly goesAhead: boolean;
  /** The cursor behind rows that begin at another. */
  readonly behind: (at: ImportCursor, rows: readonly HeldRow[]) => ImportCursor;
}

/** What a merge came to. */
interface Merged {
  readonly cursor: ImportCursor;
  /** Without its waiting for the merge before. */
  readonly tookMs: number;
  /** Others needed its numbers, or the machine is slow: going ahead costs more than it brings. */
  readonly gaveWay: boolean;
}

/** What steps are written with. */
interface StepDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** A merge that is still not its turn may hold what the one before waits for: far less than a statement may take. */
const PATIENCE_MS = 2_000;

/**
 * One transaction: what the rows say, what is given back, and the cursor behind them. Nothing when another attempt
 * reads on.
 *
 * Newcomers are written while the merge before is; all that hangs on others, once that one is committed.
 */
export async function mergeStep(deps: StepDeps, opened: Opened, step: Step): Promise<Merged | undefined> {
  const { turn, goesAhead, ready } = step;
  if (!goesAhead || ready.arrivals.told.length === 0) await turn;
  const ahead = await attempt(deps, opened, step);
  if (ahead !== 'gave way') return ahead;
  await turn;
  const inTurn = await attempt(deps, opened, step);
  return inTurn === 'gave way' || inTurn === undefined ? undefined : { ...inTurn, gaveWay: true };
}

const attempt = (deps: StepDeps, opened: Opened, step: Step): Promise<Merged | 'gave way' | undefined> =>
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
  readonly opened: Opened;
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
