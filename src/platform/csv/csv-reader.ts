const NEWLINE = 0x0a;

/** What a stretch of text is as a row. */
type CellsFound =
  | { readonly kind: 'cells'; readonly cells: readonly string[] }
  /** A quote is open at its end: more lines belong to it. */
  | { readonly kind: 'open' }
  /** Something stands behind a closing quote. */
  | { readonly kind: 'malformed' };

interface Cell {
  readonly text: string;
  /** Where its delimiter stands, or the end of the row. */
  readonly end: number;
}

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

/** Cuts one row into cells (RFC 4180); a quote counts only where a cell begins. Of a row without any, no more than `most`. */
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

/** A text on its way through: little of it is in memory. */
class HeldText {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #most: number;
  #room: Buffer = Buffer.alloc(0);
  /** Where in the room what was not dropped begins, and where it ends. */
  #from = 0;
  #to = 0;

  constructor(pieces: AsyncIterable<Buffer>, most: number) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#most = most;
  }

  /** Where the first line ends, when all of it is here. */
  get firstEnd(): number | undefined {
    const end = this.#newlineFrom(0);
    return end === undefined || end > this.#most ? undefined : end;
  }

  /** Where the line that holds `from` ends, its `\n` included; `from` itself at the end, nothing when it is too long. */
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

  /** What stands before a place, without a last `\n`. */
  read(end: number): string {
    const to = this.#from + end;
    return this.#room.toString('utf8', this.#from, this.#room[to - 1] === NEWLINE ? to - 1 : to);
  }

  /** Forgets what stands before a place. */
  drop(end: number): void {
    this.#from += end;
  }

  /** Forgets a line of any length without holding it; answers its bytes. */
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

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  get #held(): number {
    return this.#to - this.#from;
  }

  /** The end of the first line that ends behind a place. */
  #newlineFrom(place: number): number | undefined {
    const at = this.#room.indexOf(NEWLINE, this.#from + place);
    return at === -1 || at >= this.#to ? undefined : at + 1 - this.#from;
  }

  async #pull(): Promise<boolean> {
    const next = await this.#pieces.next();
    if (next.done === true) return false;
    if (this.#held === 0) [this.#room, this.#from, this.#to] = [next.value, 0, next.value.length];
    else this.#append(next.value);
    return true;
  }

  /** Small pieces of a long line are each copied twice, not as often as more of them come. */
  #append(piece: Buffer): void {
    if (this.#to + piece.length > this.#room.length) {
      const wider = Buffer.allocUnsafe(2 * (this.#held + piece.length));
      this.#to = this.#room.copy(wider, 0, this.#from, this.#to);
      [this.#room, this.#from] = [wider, 0];
    }
    this.#to += piece.copy(this.#room, this.#to);
  }
}
