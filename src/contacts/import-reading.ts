import { setImmediate as breath } from 'node:timers/promises';
import { measureGrown } from '../database/measure.repository.ts';
import type { TenantKeys } from '../database/tenant-keys.ts';
import type { Plan } from '../messages/plan.ts';
import { csvPages, type CsvFile } from './csv-reader.ts';
import { readHeader } from './import-header.ts';
import type { Merge } from './import-merge.ts';
import { readingPlan } from './import-progress.ts';
import { among, repeatsIn } from './import-repeat.ts';
import { phoneColumns, readerOf, tellsBirths, type Read } from './import-reader.ts';
import { textOf } from './import-slice.ts';
import { Page, type PageTaken } from './import-page.ts';
import { prepare, Step, type PreparedRows, type StepDeps, type StepFile } from './import-step.ts';
import type { Sealer } from '../database/people-sealer.ts';
import { sealerOf } from './newcomer.repository.ts';
import { readHome } from './contact.repository.ts';
import type { Home } from './upsert-contacts.ts';
import {
  beginReading,
  endImport,
  readImportRow,
  readReaderHome,
  type ImportCursor,
  type ImportPace,
} from './import.repository.ts';

/** A merge aims at half of the half second that it may take. */
const MERGE_MS = 250;
const FIRST_ROWS = 500;
const BREATH_ROWS = 25;
const FEWEST_ROWS = 500;
/** More at once are hardly sooner, and all of them are in memory, as are those that come next. */
const MOST_ROWS = 2_000;
/** Rows of a base have some 200 bytes; of rows as long as a row may be, fewer are held. */
const MOST_HELD_BYTES = 4 * 1024 * 1024;
/** An attempt hands over before its activity would be taken from it, and shows how far it came. */
const ATTEMPT_MS = 60_000;

/** What files are read with. */
export interface ReadingDeps extends StepDeps {
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
  /** Told after each merge how far the file is read. */
  readonly told?: (step: ReadingStep) => void;
}

/** How far one merge went. */
export interface ReadingStep {
  readonly importId: string;
  /** Rows of this merge. */
  readonly rows: number;
  /** The part of the file that is read, from 0 to 1. */
  readonly share: number;
  readonly isLast: boolean;
}

/** Which import, of which tenant. */
export interface ImportKey {
  readonly tenantId: string;
  readonly importId: string;
}

/** Reads a received file on from its cursor; each merge moves the cursor with it, so a kill loses and doubles nothing. */
export async function readImport(deps: ReadingDeps, key: ImportKey): Promise<Plan> {
  const keys = await deps.keysOf(key.tenantId);
  const opened = await open(deps, keys, key);
  if (opened === undefined) return over('FINISHED', 'Import lu.');
  if ('failure' in opened) return over(opened.failure, 'Fichier illisible.');
  const isWhole = await mergeAll(deps, opened);
  if (!isWhole)
    return readingPlan(await deps.database.withTenant(key.tenantId, (tx) => readImportRow(tx, key.importId)));
  await deps.database.withTenant(key.tenantId, (tx) =>
    endImport(tx, key.importId, { state: 'finished', at: deps.clock.now().toISO() }),
  );
  // Whoever looks at what came of it counts them by what is known of so many.
  await deps.database.withTenant(key.tenantId, measureGrown);
  deps.told?.({ importId: key.importId, rows: 0, share: 1, isLast: true });
  return over('FINISHED', 'Import lu.');
}

const over = (code: string, text: string): Plan => ({ kind: 'done', because: { code, text } });

/** A file that is being read. */
interface Opened extends StepFile {
  readonly cursor: ImportCursor;
  readonly place: Home;
}

async function open(
  deps: ReadingDeps,
  keys: TenantKeys,
  { tenantId, importId }: ImportKey,
): Promise<Opened | { readonly failure: string } | undefined> {
  const { database, clock } = deps;
  const found = await database.withTenant(tenantId, (tx) => readImportRow(tx, importId));
  if (found === undefined || found.state === 'finished') return undefined;
  if (found.state === 'failed') return { failure: found.failure ?? 'FAILED' };
  const home = await database.withTenant(tenantId, readReaderHome);
  const place = await database.withTenant(tenantId, readHome);
  if (isBegun(found.cursor)) return { keys, record: found, cursor: found.cursor, home, place };
  const header = await readHeader((offset) => textOf({ database, keys, importId }, offset), found);
  return database.withTenant(tenantId, async (tx) => {
    if (header.kind === 'unreadable') {
      await endImport(tx, importId, { state: 'failed', failure: header.failure, at: clock.now().toISO() });
      return { failure: header.failure };
    }
    const tally = { rejectedBy: {}, warningsBy: {}, wordings: {}, ignoredColumns: header.ignored };
    await beginReading(tx, importId, { cursor: header.cursor, tally });
    return { keys, record: { ...found, report: tally }, cursor: header.cursor, home, place };
  });
}

const isBegun = (cursor: Partial<ImportCursor>): cursor is ImportCursor => cursor.offset !== undefined;

/** Merges row after row; false when it stopped before the end. */
async function mergeAll(deps: ReadingDeps, opened: Opened): Promise<boolean> {
  const { record, cursor } = opened;
  const began = deps.clock.monotonic();
  const steps = new Steps(deps, opened);
  const sealer = sealerOf(record.bytes - cursor.offset);
  let preparing: Promise<unknown> = Promise.resolve();
  let isWhole = true;
  try {
    for await (const { rows } of pagesOf(deps, { opened, sealer, wanted: () => steps.size })) {
      const prepared = preparing
        .then(() => rows)
        .then((here) => prepare(deps, opened, { about: steps.about, rows: here }));
      // Whoever awaits it next is told, and rows behind those that fail are not made ready.
      prepared.catch(() => undefined);
      preparing = prepared;
      if (!(await steps.lastButOne)) return false;
      isWhole = deps.signal?.aborted !== true && deps.clock.monotonic() - began <= ATTEMPT_MS;
      if (!isWhole) break;
      steps.add(prepared);
    }
    return (await steps.lastButOne) && (await steps.last) && isWhole && deps.signal?.aborted !== true;
  } finally {
    await preparing.catch(() => undefined);
    await steps.last.catch(() => undefined);
    await sealer.close();
  }
}

/** The merges of one attempt: two of them are on their way at a time. */
class Steps {
  readonly about: Merge;
  readonly #deps: ReadingDeps;
  readonly #opened: Opened;
  readonly #began: number;
  #at: ImportCursor;
  #read = 0;
  #newest: Step | undefined;
  /** How many rows a merge is meant to take now. */
  size = FIRST_ROWS;
  /** Each false when another attempt reads on. */
  last = Promise.resolve(true);
  lastButOne = Promise.resolve(true);

  constructor(deps: ReadingDeps, opened: Opened) {
    [this.#deps, this.#opened, this.#at] = [deps, opened, opened.cursor];
    this.#began = deps.clock.monotonic();
    this.about = mergeOf(opened);
  }

  add(prepared: Promise<PreparedRows>): void {
    this.lastButOne = this.last;
    this.last = prepared.then((rows) => this.#merge(rows));
    this.last.catch(() => undefined);
  }

  async #merge({ rows, ready }: PreparedRows): Promise<boolean> {
    const { offset: from } = this.#at;
    this.#read += rows.length;
    const next = { ...this.#at, ...rows.at(-1)?.row.next };
    const pace = paceOf(this.#deps.clock.monotonic() - this.#began, {
      rows: this.#read,
      bytes: next.offset - this.#opened.cursor.offset,
    });
    this.#at = { ...next, pace };
    const its = { about: this.about, rows, ready, from, cursor: this.#at };
    const step = new Step(this.#deps, this.#opened, { ...its, before: this.#newest });
    this.#newest = step;
    if (!(await step.done)) return false;
    const { id: importId, bytes } = this.#opened.record;
    const share = next.offset / Math.max(1, bytes);
    this.#deps.told?.({ importId, rows: rows.length, share, isLast: false });
    this.size = sizeAfter(this.size, step.tookMs);
    return true;
  }
}

interface Paging {
  readonly opened: Opened;
  readonly sealer: Sealer;
  /** How many rows a merge is meant to take now. */
  readonly wanted: () => number;
}

/** Rows from the cursor on, as many at once as a merge is meant to take, and no more bytes than memory is meant to hold. */
async function* pagesOf(deps: ReadingDeps, { opened, sealer, wanted }: Paging): AsyncGenerator<PageTaken> {
  const { cursor } = opened;
  const file = { database: deps.database, keys: opened.keys, importId: opened.record.id };
  const csv = { textFrom: (offset: number) => textOf(file, offset), delimiter: cursor.delimiter };
  const read = await readAhead(deps, opened, csv);
  const page = new Page({ keys: opened.keys, clock: deps.clock }, opened.place, sealer);
  let from = cursor.offset;
  for await (const rows of csvPages(csv, cursor))
    for (const row of rows) {
      page.add(row, read(row));
      // The merge before goes on only while nothing is computed here.
      if (page.size % BREATH_ROWS === 0) await breath();
      if (page.size < wanted() && row.next.offset - from < MOST_HELD_BYTES) continue;
      yield page.taken();
      from = row.next.offset;
    }
  if (page.size > 0) yield page.taken();
}

/** The reader of rows that know of each other; a list of numbers to leave alone holds no people. */
async function readAhead({ clock }: ReadingDeps, opened: Opened, csv: CsvFile): Promise<Read> {
  const alone = readerOf({ clock }, opened);
  if (opened.record.kind === 'suppressions') return alone;
  const repeats = await repeatsIn({
    pages: (most) => csvPages({ ...csv, most }, opened.cursor),
    phoneColumns: phoneColumns(opened),
    read: alone,
    tellsBirths: tellsBirths(opened),
  });
  return (row) => among(alone(row), row.line, repeats);
}

const paceOf = (ms: number, done: { readonly rows: number; readonly bytes: number }): ImportPace => ({
  rowsPerSecond: Math.round((done.rows * 1_000) / Math.max(1, ms)),
  bytesPerSecond: Math.round((done.bytes * 1_000) / Math.max(1, ms)),
});

const sizeAfter = (size: number, tookMs: number): number =>
  Math.round(
    Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Math.min(size * 2, (size * MERGE_MS) / Math.max(1, tookMs)))),
  );

const mergeOf = ({ record, home }: Opened): Merge => ({
  importId: record.id,
  actor: record.actor,
  source: record.source,
  locale: home.locale,
  keepUnproven: record.options.keepUnproven === true,
  wordings: new Map(),
});
