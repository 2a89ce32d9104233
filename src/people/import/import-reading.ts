import { setImmediate as letOthersRun } from 'node:timers/promises';
import {
  type Clock,
  type Database,
  measureGrown,
  type Plan,
  type PlanReason,
  type Sealer,
} from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { peopleFiles, type FileSource } from './file-readers.ts';
import { readyRows, refusedRows, type Merge } from './import-merge.ts';
import {
  done,
  openImport,
  mergeStep,
  ImportPage,
  parkedWhenStopped,
  type ImportKey,
  type OpenedFile,
  type PreparedRows,
  type MergeTurn,
  type HeldRow,
} from './import-step.ts';
import { readingPlan } from './import-report.ts';
import { todayIn, type ImportCursor } from '../../reading/index.ts';
import type { PeopleOrder } from './people-file.ts';
import { textOf } from './import-reception.ts';
import { sealerOf } from './newcomer.repository.ts';
import { endImport, readImportRow } from './import.repository.ts';
import { reasonWords } from '../../words/index.ts';

/** How long a merge should take, in milliseconds: half of what one transaction may take. */
const MERGE_MS = 250;
const FIRST_ROWS = 500;
const ROWS_A_PAUSE = 25;
const FEWEST_ROWS = 500;
/** More rows at once are hardly faster, and these rows and the next ones are all in memory. */
const MOST_ROWS = 1_500;
/** Rows have some 200 bytes as a rule; of very long ones a merge takes fewer. */
const MOST_HELD_BYTES = 4 * 1024 * 1024;
/** An attempt ends after so long, in milliseconds, to report its progress; or after as long as its opening took. */
const ATTEMPT_MS = 60_000;

/** What reading files of people needs. */
export interface ReadingDeps {
  readonly database: Database;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
  readonly clock: Clock;
  /** Aborted on shutdown: the row stays where the last merge left it. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each merge with the progress. */
  readonly onStep?: (step: ReadingStep) => void;
}

/** The progress of one merge. */
export interface ReadingStep {
  readonly importId: string;
  /** Rows of this merge. */
  readonly rows: number;
  /** The part of the file that is read, from 0 to 1. */
  readonly share: number;
  readonly isLast: boolean;
}

/**
 * Reads a received file from its cursor on, for a minute or so, and returns the next plan. The cursor moves in the
 * transaction of each merge: a kill loses no row and repeats none.
 */
export const readImport = (deps: ReadingDeps, key: ImportKey): Promise<Plan<PlanReason>> =>
  parkedWhenStopped(deps, key, () => readFrom(deps, key));

async function readFrom(deps: ReadingDeps, key: ImportKey): Promise<Plan<PlanReason>> {
  const keys = await deps.keysOf(key.tenantId);
  const opened = await openImport(deps, keys, key);
  if (opened === undefined) return done('FINISHED', reasonWords('fileRead'));
  if ('failure' in opened) return done(opened.failure, reasonWords('fileUnreadable'));
  const isWhole = await mergeAll(deps, opened);
  if (!isWhole)
    return readingPlan(await deps.database.withTenant(key.tenantId, (tx) => readImportRow(tx, key.importId)));
  await deps.database.withTenant(key.tenantId, (tx) =>
    endImport(tx, key.importId, { state: 'finished', at: deps.clock.now().toISO() }),
  );
  // Later statements on the imported rows need fresh statistics for their plans.
  await deps.database.withTenant(key.tenantId, measureGrown);
  deps.onStep?.({ importId: key.importId, rows: 0, share: 1, isLast: true });
  return done('FINISHED', reasonWords('fileRead'));
}

/**
 * Merges page after page. While one page is written the next is prepared, and the one after it read. Returns false
 * when it stopped before the end of the file.
 */
async function mergeAll(deps: ReadingDeps, opened: OpenedFile): Promise<boolean> {
  const { record, cursor } = opened;
  const about = mergeOf(opened);
  const { flush, wanted } = flushing(deps, opened, about);
  const sealer = sealerOf(record.bytes - cursor.offset);
  let preparing: Promise<unknown> = Promise.resolve();
  let last: MergeTurn = Promise.resolve(cursor);
  let before = last;
  const opening = deps.clock.monotonic();
  let handsOverAt: number | undefined;
  try {
    for await (const { rows } of pagesOf(deps, { opened, about, sealer, wanted })) {
      // Before its first rows each attempt goes through a long file once, to find the numbers that come again.
      const now = deps.clock.monotonic();
      handsOverAt ??= now + Math.max(ATTEMPT_MS, now - opening);
      const prepared = preparing
        .then(() => rows)
        .then((here) => prepare(deps, opened, { about, rows: here }));
      // A failure reaches whoever awaits it next; until then it is no unhandled rejection.
      preparing = prepared.catch(() => undefined);
      if ((await before) === undefined || deps.signal?.aborted === true) return false;
      if (deps.clock.monotonic() > handsOverAt) return false;
      const turn = last;
      [before, last] = [turn, prepared.then((made) => flush(made, turn))];
      last.catch(() => undefined);
    }
    return (await last) !== undefined && deps.signal?.aborted !== true;
  } finally {
    await preparing;
    await Promise.allSettled([before, last]);
    await sealer.close();
  }
}

/**
 * Returns two functions: `flush` merges prepared rows once the merge before them (its turn) is done, and returns the
 * cursor behind them; `wanted` returns how many rows the next merge should take.
 */
function flushing(deps: ReadingDeps, opened: OpenedFile, about: Merge) {
  const { record, cursor } = opened;
  const began = deps.clock.monotonic();
  let [size, read] = [FIRST_ROWS, 0];
  let goesAhead = true;
  const behind = (at: ImportCursor, rows: readonly HeldRow[]): ImportCursor => {
    const next = { ...at, ...rows.at(-1)?.row.next };
    const progress = { rows: (read += rows.length), bytes: next.offset - cursor.offset };
    return { ...next, pace: paceOf(deps.clock.monotonic() - began, progress) };
  };
  const flush = async (prepared: PreparedRows, turn: MergeTurn): MergeTurn => {
    const merged = await mergeStep(deps, opened, { about, turn, goesAhead, behind, ...prepared });
    if (merged === undefined) return undefined;
    if (merged.gaveWay) goesAhead = false;
    const share = merged.cursor.offset / Math.max(1, record.bytes);
    deps.onStep?.({ importId: record.id, rows: prepared.rows.length, share, isLast: false });
    size = sizeAfter(size, merged.tookMs);
    return merged.cursor;
  };
  return { flush, wanted: () => size };
}

/** Yields rows from the cursor on, as many as a merge should take, within a limit of bytes in memory. */
async function* pagesOf(
  deps: ReadingDeps,
  {
    opened,
    about,
    sealer,
    wanted,
  }: {
    readonly opened: OpenedFile;
    readonly about: Merge;
    readonly sealer: Sealer;
    readonly wanted: () => number;
  },
): AsyncGenerator<ReturnType<ImportPage['taken']>> {
  const { cursor } = opened;
  const page = new ImportPage({ keys: opened.keys, clock: deps.clock }, opened.place, sealer);
  let from = cursor.offset;
  for await (const rows of peopleFiles.rows(fileOf(deps, opened, about), orderOf(deps, opened)))
    for (const { row, reading, comesAgain } of rows) {
      page.add(row, reading, comesAgain);
      // The merge under way goes on only while nothing is computed here.
      if (page.size % ROWS_A_PAUSE === 0) await letOthersRun();
      if (page.size < wanted() && row.next.offset - from < MOST_HELD_BYTES) continue;
      yield page.taken();
      from = row.next.offset;
    }
  // After an abort rows remain unread: what is here must not count as the last page.
  if (deps.signal?.aborted === true) return;
  if (page.size > 0) yield page.taken();
}

/** Describes the file to the thread that reads it. */
const fileOf = (
  { database, clock, signal }: ReadingDeps,
  { keys, record }: OpenedFile,
  merge: Merge,
): FileSource => ({
  tenantId: keys.tenantId,
  textFrom: (offset) => textOf({ database, keys, importId: record.id }, offset),
  refused: (rows) =>
    database.withTenant(keys.tenantId, (tx) => refusedRows(tx, { clock, keys }, { merge, rows })),
  signal,
});

const orderOf = (
  { clock }: ReadingDeps,
  { record: { kind, options }, cursor, home }: OpenedFile,
): PeopleOrder => ({
  kind,
  options,
  cursor,
  home,
  today: todayIn(clock, home),
  // An opt-out list has no people, so no person comes again.
  knowsRepeats: kind !== 'suppressions',
});

const paceOf = (ms: number, progress: { readonly rows: number; readonly bytes: number }) => ({
  rowsPerSecond: Math.round((progress.rows * 1_000) / Math.max(1, ms)),
  bytesPerSecond: Math.round((progress.bytes * 1_000) / Math.max(1, ms)),
});

const sizeAfter = (size: number, tookMs: number): number =>
  Math.round(
    Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Math.min(size * 2, (size * MERGE_MS) / Math.max(1, tookMs)))),
  );

/** Judges and seals rows while those before them are written. */
async function prepare(
  { database, clock }: ReadingDeps,
  { keys }: OpenedFile,
  { about, rows }: { readonly about: Merge; readonly rows: readonly HeldRow[] },
): Promise<PreparedRows> {
  const ready = await database.withTenant(keys.tenantId, (tx) =>
    readyRows(tx, { keys, clock }, { merge: about, rows }),
  );
  return { rows, ready };
}

const mergeOf = ({ record, home }: OpenedFile): Merge => ({
  importId: record.id,
  actor: record.actor,
  source: record.source,
  locale: home.locale,
  keepUnproven: record.options.keepUnproven === true,
  wordings: new Map(),
});
