import { cellsOf } from './csv-cells.ts';
import { HeldText } from './csv-held-text.ts';

/** A row of more is no row: a quote was left open. */
export const LONGEST_ROW = 256 * 1024;
/** A cell of so many lines is no cell. */
const MOST_LINES = 100;

/** Where reading goes on: a byte of the text, and the line that starts there. */
export interface CsvPlace {
  readonly offset: number;
  /** 1 for the first line. */
  readonly line: number;
}

/** One row of a file. */
export interface CsvRow {
  /** None when the row could not be told apart from the next ones: a quote stays open. */
  readonly cells: readonly string[] | undefined;
  /** The line on which it starts. */
  readonly line: number;
  /** Where the next row starts. */
  readonly next: CsvPlace;
  /** All of it as it stands, where its first cells alone were cut. */
  readonly uncut?: string | undefined;
}

/** The same row with all of its cells. */
export function wholeRow(row: CsvRow, delimiter: string): CsvRow {
  if (row.uncut === undefined) return row;
  const found = cellsOf(row.uncut, delimiter);
  return { ...row, cells: found.kind === 'cells' ? found.cells : undefined, uncut: undefined };
}

/** The text from one byte on, in pieces of any size: UTF-8 with `\n` between lines. */
export type TextFrom = (offset: number) => AsyncIterable<Buffer>;

/** What a reader needs to know. */
export interface CsvFile {
  readonly textFrom: TextFrom;
  readonly delimiter: string;
  /** For whoever looks at the first columns only: of nearly all rows, so many cells are cut and no more. */
  readonly most?: number | undefined;
  /** Told the line of each row before it is cut. */
  readonly reads?: ((line: number) => void) | undefined;
}

/**
 * Reads rows from a place on; empty rows are passed over.
 *
 * A quote that is never closed costs its own line and no other.
 */
export async function* csvRows(file: CsvFile, from: CsvPlace): AsyncGenerator<CsvRow> {
  for await (const page of csvPages(file, from)) yield* page;
}

/** Whoever waits for a page holds no more of it. */
const MOST_PAGE_ROWS = 250;

/** The same rows, as many at once as are here: whoever reads a whole file waits less often. */
export async function* csvPages(
  { textFrom, delimiter, most, reads }: CsvFile,
  from: CsvPlace,
): AsyncGenerator<readonly CsvRow[]> {
  const text = new HeldText(textFrom(from.offset), LONGEST_ROW);
  let place = from;
  let began = from.offset;
  let page: CsvRow[] = [];
  try {
    for (;;) {
      reads?.(place.line);
      const here = rowHere(text, delimiter, most);
      const isFull = page.length >= MOST_PAGE_ROWS || place.offset - began >= LONGEST_ROW;
      if (page.length > 0 && (here === undefined || isFull)) {
        yield page;
        [page, began] = [[], place.offset];
      }
      const read = here ?? (await nextRow(text, delimiter));
      if (read === undefined) return;
      const { line } = place;
      place = { offset: place.offset + read.bytes, line: line + read.lines };
      const { cells, uncut } = read;
      if (cells?.every(isBlank) !== true) page.push({ cells, line, next: place, uncut });
    }
  } finally {
    await text.close();
  }
}

const isBlank = (cell: string): boolean => cell.trim() === '';

interface Read {
  readonly cells: readonly string[] | undefined;
  readonly bytes: number;
  readonly lines: number;
  readonly uncut?: string;
}

/** A line that is here and is a row by itself, as nearly all are: nothing to wait for. */
function rowHere(text: HeldText, delimiter: string, most: number | undefined): Read | undefined {
  const bytes = text.firstEnd;
  if (bytes === undefined) return undefined;
  const row = text.read(bytes);
  const found = cellsOf(row, delimiter, { most });
  if (found.kind !== 'cells') return undefined;
  text.drop(bytes);
  return { cells: found.cells, bytes, lines: 1, ...(most === undefined ? {} : { uncut: row }) };
}

/** One row: its first line, and the lines that an open quote takes in. */
async function nextRow(text: HeldText, delimiter: string): Promise<Read | undefined> {
  const first = await text.lineEnd(0);
  if (first === 0) return undefined;
  if (first === undefined) return { cells: undefined, bytes: await text.skipLine(), lines: 1 };
  const whole = await quotedRow(text, first, delimiter);
  const read = whole ?? { ...alone(text, first, delimiter), bytes: first, lines: 1 };
  text.drop(read.bytes);
  return read;
}

/** The row as quotes say; nothing when they contradict each other. */
async function quotedRow(text: HeldText, first: number, delimiter: string): Promise<Read | undefined> {
  let end = first;
  for (let lines = 1; lines <= MOST_LINES; lines += 1) {
    const found = cellsOf(text.read(end), delimiter);
    if (found.kind === 'cells') return { cells: found.cells, bytes: end, lines };
    if (found.kind === 'malformed') return undefined;
    const next = await text.lineEnd(end);
    if (next === undefined || next === end) return undefined;
    end = next;
  }
  return undefined;
}

/** The first line by itself: stray quotes are letters then, an open one makes it unreadable. */
function alone(text: HeldText, end: number, delimiter: string): Pick<Read, 'cells'> {
  const found = cellsOf(text.read(end), delimiter, { mood: 'lenient' });
  return { cells: found.kind === 'cells' ? found.cells : undefined };
}
