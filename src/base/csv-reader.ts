/** Characters with which a spreadsheet takes a cell for a formula, full-width forms included. */
const SIGN = '[=+\\-@|%＝＋－＠｜％]';
/** Where a cell may begin for a spreadsheet: its quotes count for nothing when it assumes another delimiter. */
const EDGE = '(?:^|[,;\\t\\r\\n])[ "\\u00a0]*';

const RUNNABLE = new RegExp(`(${EDGE})('*)(?=${SIGN})`, 'g');
const GUARDED = new RegExp(`(${EDGE})'('*)(?=${SIGN})`, 'g');

/** Puts an apostrophe before whatever a spreadsheet would take for a formula. */
const guarded = (text: string): string => text.replace(RUNNABLE, "$1'$2");

/** Removes the apostrophes that `csvLine` puts before formulas. */
export const unguarded = (text: string): string =>
  text.includes("'") ? text.replace(GUARDED, '$1$2') : text;

function csvCell(text: string): string {
  const safe = guarded(text);
  return /[",;\t\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Writes one row with its line end, delimited by semicolons; no cell is a formula, whatever delimiter the reader
 * assumes.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(';')}\r\n`;
}

const NEWLINE = 0x0a;

type CellsFound =
  | { readonly kind: 'cells'; readonly cells: readonly string[] }
  /** A quote is open at the end of the text: the row goes on. */
  | { readonly kind: 'open' }
  /** Something other than a delimiter follows a closing quote. */
  | { readonly kind: 'malformed' };

interface Cell {
  readonly text: string;
  /** Offset of its delimiter, or of the end of the row. */
  readonly end: number;
}

/** Bytes; a longer row is unreadable, since a quote was left open. */
export const LONGEST_ROW = 256 * 1024;

/** Lines of the longest row: beyond them a quote was left open. */
const MOST_LINES = 100;

/** A place from which reading can go on: a byte offset in the text, and the number of the line that starts there. */
export interface CsvPlace {
  readonly offset: number;
  readonly line: number;
}

/** One row of a file. */
export interface CsvRow {
  /** Undefined when the row is unreadable: a quote stays open, or it is too long. */
  readonly cells: readonly string[] | undefined;
  readonly line: number;
  /** The start of the next row. */
  readonly next: CsvPlace;
  /** The text of the whole row, when `cells` has only the first ones. */
  readonly uncut?: string | undefined;
}

/** Returns the row with all its cells. */
export function wholeRow(row: CsvRow, delimiter: string): CsvRow {
  if (row.uncut === undefined) return row;
  const found = cellsOf(row.uncut, delimiter);
  return { ...row, cells: found.kind === 'cells' ? found.cells : undefined, uncut: undefined };
}

/** Yields the text from a byte offset on, in pieces of any size: UTF-8 with `\n` between lines. */
export type TextFrom = (offset: number) => AsyncIterable<Buffer>;

/** A CSV file as text, and how its rows are read. */
export interface CsvFile {
  readonly textFrom: TextFrom;
  readonly delimiter: string;
  /** Cells to read of a row, for a reader of the first columns; a row with quotes has all. */
  readonly most?: number | undefined;
  /** Called with the line number of each row before it is parsed. */
  readonly reads?: ((line: number) => void) | undefined;
}

/**
 * Yields the rows from a place on, without empty ones. A quote that is not closed makes its own line unreadable and
 * no other.
 */
export async function* csvRows(file: CsvFile, from: CsvPlace): AsyncGenerator<CsvRow> {
  for await (const page of csvPages(file, from)) yield* page;
}

const MOST_PAGE_ROWS = 250;

/** Yields the same rows as `csvRows`, in pages of up to 250, so that a reader of a whole file waits less often. */
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

interface ReadRow {
  readonly cells: readonly string[] | undefined;
  readonly bytes: number;
  readonly lines: number;
  readonly uncut?: string;
}

/**
 * Reads a row without waiting, if it is one line that is in the buffer already, as nearly all are; else returns
 * undefined.
 */
function rowHere(text: HeldText, delimiter: string, most: number | undefined): ReadRow | undefined {
  const bytes = text.firstEnd;
  if (bytes === undefined) return undefined;
  const row = text.read(bytes);
  const found = cellsOf(row, delimiter, { most });
  if (found.kind !== 'cells') return undefined;
  text.drop(bytes);
  return { cells: found.cells, bytes, lines: 1, ...(most === undefined ? {} : { uncut: row }) };
}

/** Reads one row: its first line, and the lines over which its quotes extend; undefined at the end of the file. */
async function nextRow(text: HeldText, delimiter: string): Promise<ReadRow | undefined> {
  const first = await text.lineEnd(0);
  if (first === 0) return undefined;
  if (first === undefined) return { cells: undefined, bytes: await text.skipLine(), lines: 1 };
  const whole = await quotedRow(text, first, delimiter);
  const read = whole ?? { ...alone(text, first, delimiter), bytes: first, lines: 1 };
  text.drop(read.bytes);
  return read;
}

/** Reads a row whose quotes may extend over several lines; undefined when its quotes do not close as they should. */
async function quotedRow(text: HeldText, first: number, delimiter: string): Promise<ReadRow | undefined> {
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

/** Reads the first line alone: a stray quote counts as a letter, and an open one makes the line unreadable. */
function alone(text: HeldText, end: number, delimiter: string): Pick<ReadRow, 'cells'> {
  const found = cellsOf(text.read(end), delimiter, { mood: 'lenient' });
  return { cells: found.kind === 'cells' ? found.cells : undefined };
}

/**
 * Splits one row into cells (RFC 4180); only a quote at the start of a cell counts. Of a row without quotes, at most
 * `most` cells are returned.
 */
export function cellsOf(
  row: string,
  delimiter: string,
  {
    mood = 'strict',
    most,
  }: { readonly mood?: 'strict' | 'lenient'; readonly most?: number | undefined } = {},
): CellsFound {
  if (!row.includes('"')) return { kind: 'cells', cells: row.split(delimiter, most) };
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const cell = row[at] === '"' ? quotedCell(row, at, delimiter) : plainCell(row, at, delimiter);
    if (cell === 'open') return { kind: 'open' };
    if (cell === 'malformed' && mood === 'strict') return { kind: 'malformed' };
    const { text, end } = cell === 'malformed' ? plainCell(row, at, delimiter) : cell;
    cells.push(text);
    if (end >= row.length) return { kind: 'cells', cells };
    at = end + delimiter.length;
  }
}

function plainCell(row: string, from: number, delimiter: string): Cell {
  const at = row.indexOf(delimiter, from);
  const end = at === -1 ? row.length : at;
  return { text: row.slice(from, end), end };
}

function quotedCell(row: string, from: number, delimiter: string): Cell | 'open' | 'malformed' {
  let closing = row.indexOf('"', from + 1);
  while (closing !== -1 && row[closing + 1] === '"') closing = row.indexOf('"', closing + 2);
  if (closing === -1) return 'open';
  const end = closing + 1;
  if (end < row.length && !row.startsWith(delimiter, end)) return 'malformed';
  return { text: row.slice(from + 1, closing).replaceAll('""', '"'), end };
}

/** A text that is read in pieces, of which only unread bytes are in memory. */
class HeldText {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #most: number;
  #buffer: Buffer = Buffer.alloc(0);
  /** The bounds of the unread bytes in the buffer. */
  #from = 0;
  #to = 0;

  constructor(pieces: AsyncIterable<Buffer>, most: number) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#most = most;
  }

  /** The end of the first line; undefined when not all of it is in the buffer, or it is too long. */
  get firstEnd(): number | undefined {
    const end = this.#newlineFrom(0);
    return end === undefined || end > this.#most ? undefined : end;
  }

  /**
   * Returns the end of the line in which `from` is, its `\n` included: `from` itself at the end of the file, undefined
   * when the line is too long.
   */
  async lineEnd(from: number): Promise<number | undefined> {
    let looked = from;
    for (;;) {
      const found = this.#newlineFrom(looked);
      const end = found ?? this.#held;
      if (end > this.#most) return undefined;
      if (found !== undefined) return end;
      looked = end;
      if (!(await this.#pull())) return end;
    }
  }

  /** Returns the text before an offset, without a last `\n`. */
  read(end: number): string {
    const to = this.#from + end;
    return this.#buffer.toString('utf8', this.#from, this.#buffer[to - 1] === NEWLINE ? to - 1 : to);
  }

  drop(end: number): void {
    this.#from += end;
  }

  /** Drops a line of any length without keeping it in memory; returns its length in bytes. */
  async skipLine(): Promise<number> {
    let bytes = 0;
    for (;;) {
      const found = this.#newlineFrom(0);
      const end = found ?? this.#held;
      bytes += end;
      this.drop(end);
      if (found !== undefined || !(await this.#pull())) return bytes;
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  get #held(): number {
    return this.#to - this.#from;
  }

  /** Returns the end of the first line that ends after a place, if it is in the buffer. */
  #newlineFrom(place: number): number | undefined {
    const at = this.#buffer.indexOf(NEWLINE, this.#from + place);
    return at === -1 || at >= this.#to ? undefined : at + 1 - this.#from;
  }

  async #pull(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done === true) return false;
    if (this.#held === 0) [this.#buffer, this.#from, this.#to] = [next.value, 0, next.value.length];
    else this.#append(next.value);
    return true;
  }

  /** Doubles the buffer as it grows: a piece of a long line is copied twice, and not again for every further piece. */
  #append(piece: Buffer): void {
    if (this.#to + piece.length > this.#buffer.length) {
      const wider = Buffer.allocUnsafe(2 * (this.#held + piece.length));
      this.#to = this.#buffer.copy(wider, 0, this.#from, this.#to);
      [this.#buffer, this.#from] = [wider, 0];
    }
    this.#to += piece.copy(this.#buffer, this.#to);
  }
}

const DELIMITERS = [';', ',', '\t', '|'] as const;

/** Guesses the delimiter from a first line: the most frequent candidate outside of quotes. */
export function delimiterOf(firstLine: string): string {
  const bare = firstLine.replaceAll(/"[^"]*"/g, '');
  const met = DELIMITERS.map((sign) => ({ sign, count: bare.split(sign).length }));
  return met.toSorted((one, other) => other.count - one.count)[0]?.sign ?? ';';
}

/** Characters; longer texts are not cached, since few are repeated and thousands of them would fill the memory. */
const LONGEST = 2_000;

/** Caches up to `most` answers of a function of a text, since the rows of a file repeat the same texts. */
export function remembered<Answer>(most: number, answer: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    if (text.length > LONGEST) return answer(text);
    const known = answers.get(text);
    if (known !== undefined) return known;
    const made = answer(text);
    if (answers.size >= most) answers.clear();
    answers.set(text, made);
    return made;
  };
}
