import { isSimulated, Refusal, type Clock, type Database, type Transaction } from '../../platform/index.ts';
import { csvRows, LONGEST_ROW, type TextFrom, type CsvRow } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import {
  type ReadColumns,
  type ImportKind,
  type ImportOptions,
  headingIn,
  isNumber,
  openTable,
  repeatsHeadings,
  type FileTable,
  type Unreadable,
} from '../../reading/index.ts';
import {
  plainText,
  counted,
  unpacked,
  UPLOAD_LIMITS,
  peeked,
  type UploadLimits,
} from '../../upload/index.ts';
import {
  forgetUpload,
  insertImport,
  insertSlice,
  queueImport,
  silentUploads,
  readSlice,
  endImport,
  hasReadLaterSuppressions,
  lockImport,
} from './import.repository.ts';
import { recordAudit } from '../../company/index.ts';

/** After so long without a new slice the process that received an upload must have died. */
const SILENT_MS = 15 * 60_000;

interface ReceptionDeps {
  readonly database: Database;
  readonly keys: TenantKeys;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits?: UploadLimits;
}

/** A file that is being uploaded. */
export interface Upload {
  /** The content of the file, gzip or not. */
  readonly bytes: AsyncIterable<Buffer>;
  readonly kind: ImportKind;
  readonly options: ImportOptions;
  /** The `source` of the caller's key. */
  readonly source: string;
  readonly actor: string;
  /** Set where only the columns that are read may be kept: all others are cut before anything is stored. */
  readonly readColumns?: ReadColumns | undefined;
}

/**
 * Stores a file in encrypted slices and queues it for reading; returns the id of the import. An interrupted upload
 * leaves nothing behind. Each slice is a transaction of its own: a slow sender holds no connection and no lock.
 */
export async function receiveImport(deps: ReceptionDeps, upload: Upload): Promise<{ readonly id: string }> {
  const { database, keys, clock, newId } = deps;
  await sweepSilentUploads(deps);
  const id = newId();
  await database.withTenant(keys.tenantId, (tx) =>
    insertImport(tx, {
      ...upload,
      id,
      simulated: isSimulated(clock),
      createdAt: clock.now().toISO(),
      machineMs: clock.machine(),
    }),
  );
  try {
    await keepSlices(deps, id, upload);
    await database.withTenant(keys.tenantId, (tx) => queueImport(tx, id, clock.machine()));
  } catch (error) {
    await database.withTenant(keys.tenantId, (tx) => forgetUpload(tx, id));
    throw error;
  }
  return { id };
}

async function keepSlices(
  { database, keys, clock, limits = UPLOAD_LIMITS }: ReceptionDeps,
  importId: string,
  { bytes, readColumns }: Pick<Upload, 'bytes' | 'readColumns'>,
) {
  let position = 0;
  const text = counted(plainText(unpacked(bytes, limits)), limits);
  for await (const slice of slices(readColumns === undefined ? text : cutColumns(text, readColumns))) {
    const sealed = keys.seal(slicePlace(importId, position), slice);
    const row = { importId, position, sealed, bytes: slice.length, machineMs: clock.machine() };
    await database.withTenant(keys.tenantId, (tx) => insertSlice(tx, row));
    position += 1;
  }
}

/** Removes the uploads whose receiving process died; returns their number. */
export async function sweepSilentUploads({
  database,
  keys,
  clock,
}: Pick<ReceptionDeps, 'database' | 'keys' | 'clock'>): Promise<number> {
  return database.withTenant(keys.tenantId, async (tx) => {
    const silent = await silentUploads(tx, clock.machine() - SILENT_MS);
    for (const id of silent) await forgetUpload(tx, id);
    return silent.length;
  });
}

/** Bytes of every slice but the last. */
export const SLICE = 1024 * 1024;

const slicePlace = (importId: string, position: number): { table: string; column: string; row: string } => ({
  table: 'import_slice',
  column: 'sealed',
  row: `${importId}/${position}`,
});

/** Cuts a text into slices of 1 MiB, with one of them in memory. */
export async function* slices(text: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const piece of text) {
    let rest = piece;
    while (length + rest.length >= SLICE) {
      const cut = SLICE - length;
      yield Buffer.concat([...held, rest.subarray(0, cut)]);
      rest = rest.subarray(cut);
      [held, length] = [[], 0];
    }
    if (rest.length > 0) held.push(rest);
    length += rest.length;
  }
  if (length > 0) yield Buffer.concat(held);
}

/** Yields the text of a received file from one byte on; one slice is in memory at a time. */
export async function* textOf(
  { database, keys, importId }: Pick<ReceptionDeps, 'database' | 'keys'> & { readonly importId: string },
  offset: number,
): AsyncGenerator<Buffer> {
  let position = Math.floor(offset / SLICE);
  let skip = offset % SLICE;
  for (;;) {
    const at = position;
    const sealed = await database.withTenant(keys.tenantId, (tx) => readSlice(tx, importId, at));
    if (sealed === undefined) return;
    const text = keys.open(slicePlace(importId, position), sealed);
    if (text.length > skip) yield text.subarray(skip);
    [position, skip] = [position + 1, 0];
  }
}

/** Bytes in which the headings are looked for. */
const HEAD_BYTES = 2 * LONGEST_ROW;

/** Rows in which the headings are looked for: titles and dates come before them in some exports. */
const ROWS_LOOKED_AT = 21;

/** Stands for a cell above the headings that is not kept: only that it was not empty matters. */
const SOMETHING = '-';

/**
 * Yields the text of a file without the cells of unread columns; every row keeps its line number. A row that cannot
 * be parsed keeps no cell, and is still rejected.
 */
export async function* cutColumns(
  text: AsyncIterable<Buffer>,
  readColumns: ReadColumns,
): AsyncGenerator<Buffer> {
  const { head, rest } = await peeked(text, HEAD_BYTES);
  const table = await openTable(textOfHead(head));
  if (table.kind === 'unreadable') {
    yield Buffer.from(unreadableText(table, head));
    for await (const _ of rest) continue;
    return;
  }
  const headings = await headingsIn(head, table, readColumns);
  const { delimiter } = table;
  let line = 1;
  for await (const row of csvRows({ textFrom: () => rest, delimiter }, { offset: 0, line: 1 })) {
    const written = rowText(keptCells(row, table, headings), delimiter);
    const lines = row.next.line - row.line;
    const padding = '\n'.repeat(Math.max(0, lines - (written.split('\n').length - 1)));
    yield Buffer.from('\n'.repeat(row.line - line) + written + padding);
    line = row.next.line;
  }
}

interface Headings {
  /** The line of the headings; undefined when no row looks like them. */
  readonly line: number | undefined;
  readonly cells: readonly string[];
  readonly read: ReadonlySet<number>;
}

/** Finds the headings: the row, among the first ones, that names the most fields. */
async function headingsIn(
  head: Buffer,
  { at, delimiter }: FileTable,
  readColumns: ReadColumns,
): Promise<Headings> {
  let best: Headings = { line: undefined, cells: [], read: new Set() };
  let [most, rows] = [0, 0];
  for await (const { cells = [], line } of csvRows({ textFrom: textOfHead(head), delimiter }, at)) {
    const { fields, read } = readColumns(cells.map(headingIn));
    if (fields > most) [best, most] = [{ line, cells: cells.map(headingIn), read }, fields];
    rows += 1;
    if (rows >= ROWS_LOOKED_AT) break;
  }
  return best;
}

/** Returns the cells of a row to keep; undefined for a row that cannot be read. */
function keptCells(row: CsvRow, table: FileTable, headings: Headings): readonly string[] | undefined {
  const { cells, line } = row;
  if (line < table.line) return cells;
  if (cells === undefined) return undefined;
  if (line === headings.line || repeatsHeadings(cells, headings.cells)) return cells;
  if (headings.line === undefined && line === table.line && !cells.some(isNumber)) return cells;
  if (headings.line === undefined || line < headings.line) return cells.map(hintOf);
  return cells.map((cell, at) => (headings.read.has(at) ? cell : ''));
}

/** Keeps a number, which shows that a row has no headings, and replaces any other content. */
const hintOf = (cell: string): string => {
  if (cell.trim() === '') return '';
  return isNumber(cell) ? cell : SOMETHING;
};

/** An unclosed quote makes an unreadable row. */
const UNREADABLE_ROW = '"\n';

function rowText(cells: readonly string[] | undefined, delimiter: string): string {
  if (cells === undefined) return UNREADABLE_ROW;
  const quoted = cells.map((cell) =>
    cell.includes(delimiter) || /["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  return `${quoted.join(delimiter)}\n`;
}

/** Returns a text without content that fails for the same reason as the file. */
function unreadableText({ failure }: Unreadable, head: Buffer): string {
  if (failure.code !== 'TOO_MANY_COLUMNS') return failure.code === 'FILE_EMPTY' ? '' : UNREADABLE_ROW;
  return (
    head
      .toString('utf8')
      .trimStart()
      .split('\n', 1)[0]
      ?.replaceAll(/[^;,\t|"]+/g, SOMETHING) ?? ''
  );
}

/** Makes the beginning of a file a source for readers of CSV. */
export const textOfHead = (head: Buffer): TextFrom =>
  async function* from(offset) {
    yield head.subarray(offset);
  };

/**
 * Cancels an import: no more of its rows are read, and its file is removed. Merged rows stay. Cancelling again
 * changes nothing. A tenant may send again once its opt-out list is cancelled, which needs `acceptsUnread`.
 */
export async function cancelImport(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  {
    importId,
    actor,
    acceptsUnread = false,
  }: {
    readonly importId: string;
    readonly actor: string;
    /** True when unread people of an opt-out list may be written to again. */
    readonly acceptsUnread?: boolean;
  },
): Promise<void> {
  const record = await lockImport(tx, importId);
  if (record === undefined) throw new Refusal('NOT_FOUND');
  if (record.state === 'cancelled') return;
  if (record.state === 'finished' || record.state === 'failed') throw new Refusal('IMPORT_ENDED');
  const opensGate = record.kind === 'suppressions' && !(await hasReadLaterSuppressions(tx, importId));
  if (opensGate && !acceptsUnread) throw new Refusal('SUPPRESSIONS_NOT_READ');
  const at = clock.now().toISO();
  await endImport(tx, importId, { state: 'cancelled', at });
  const accepted = opensGate ? { unread: 'accept' } : {};
  const details = { kind: record.kind, state: record.state, rows: record.rows, ...accepted };
  const when = { at, machineMs: clock.machine() };
  await recordAudit(tx, { actor, action: 'import.cancelled', subject: importId, details }, when);
}
