import { headingIn } from './cell-bounds.ts';
import { csvRows, LONGEST_ROW, type CsvRow, type TextFrom } from '../../platform/index.ts';
import { peeked } from './import-upload.ts';
import { isNumber, openTable, repeatsHeadings, type FileTable, type Unreadable } from './import-table.ts';
import type { ReadColumns } from './read-columns.ts';

/** Bytes for the headings and the lines above them. */
const HEAD_BYTES = 2 * LONGEST_ROW;
/** Titles and dates precede the headings of some exports. */
const ROWS_LOOKED_AT = 21;
/** Replaces a word above the headings: its presence is reported, its content not kept. */
const SOMETHING = '-';

/**
 * Returns the same text without the cells of unread columns; every row keeps its line. A row that cannot be parsed
 * keeps no cell, and is rejected as before.
 */
export async function* cutColumns(
  text: AsyncIterable<Buffer>,
  readColumns: ReadColumns,
): AsyncGenerator<Buffer> {
  const { head, rest } = await peeked(text, HEAD_BYTES);
  const table = await openTable(beginningAt(head));
  if (table.kind === 'unreadable') {
    yield Buffer.from(report(table, head));
    for await (const _ of rest) continue;
    return;
  }
  const headings = await headingsIn(head, table, readColumns);
  const { delimiter } = table;
  let line = 1;
  for await (const row of csvRows({ textFrom: () => rest, delimiter }, { offset: 0, line: 1 })) {
    const written = rowText(cellsKept(row, table, headings), delimiter);
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

/** Returns the row that names most fields. */
async function headingsIn(
  head: Buffer,
  { at, delimiter }: FileTable,
  readColumns: ReadColumns,
): Promise<Headings> {
  let best: Headings = { line: undefined, cells: [], read: new Set() };
  let [most, seen] = [0, 0];
  for await (const { cells = [], line } of csvRows({ textFrom: beginningAt(head), delimiter }, at)) {
    const { fields, read } = readColumns(cells.map(headingIn));
    if (fields > most) [best, most] = [{ line, cells: cells.map(headingIn), read }, fields];
    seen += 1;
    if (seen >= ROWS_LOOKED_AT) break;
  }
  return best;
}

/** Returns the cells of a row to keep; undefined for a row that cannot be read. */
function cellsKept(row: CsvRow, table: FileTable, headings: Headings): readonly string[] | undefined {
  const { cells, line } = row;
  if (line < table.line) return cells;
  if (cells === undefined) return undefined;
  if (line === headings.line || repeatsHeadings(cells, headings.cells)) return cells;
  if (headings.line === undefined && line === table.line && !cells.some(isNumber)) return cells;
  if (headings.line === undefined || line < headings.line) return cells.map(hinted);
  return cells.map((cell, at) => (headings.read.has(at) ? cell : ''));
}

/** A number shows that the row is no heading; the rest of its content is not needed. */
const hinted = (cell: string): string => {
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

/** Returns the text that shows why nothing of it can be read. */
function report({ failure }: Unreadable, head: Buffer): string {
  if (failure.code !== 'TOO_MANY_COLUMNS') return failure.code === 'FILE_EMPTY' ? '' : UNREADABLE_ROW;
  return (
    head
      .toString('utf8')
      .trimStart()
      .split('\n', 1)[0]
      ?.replaceAll(/[^;,\t|"]+/g, SOMETHING) ?? ''
  );
}

const beginningAt = (head: Buffer): TextFrom =>
  async function* from(offset) {
    yield head.subarray(offset);
  };
