import { parse } from 'csv-parse';
import { CsvError } from 'csv-parse';

/** A row of more is no row: a quote was left open. */
const LONGEST_ROW = 256 * 1024;

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
}

/** The text from one byte on, in pieces of any size: UTF-8 with `\n` between lines. */
export type TextFrom = (offset: number) => AsyncIterable<Buffer>;

/** What a reader needs to know. */
export interface CsvFile {
  readonly textFrom: TextFrom;
  readonly delimiter: string;
}

/**
 * Reads rows from a place on; empty rows are passed over.
 *
 * A quote that is never closed costs its own line and no other.
 */
export async function* csvRows(file: CsvFile, from: CsvPlace): AsyncGenerator<CsvRow> {
  let place = from;
  for (;;) {
    try {
      for await (const row of rowsFrom(file, place)) {
        place = row.next;
        yield row;
      }
      return;
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const row = await unreadableRow(file, place);
      place = row.next;
      yield row;
    }
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly bytes: number; readonly lines: number };
}

async function* rowsFrom({ textFrom, delimiter }: CsvFile, from: CsvPlace): AsyncGenerator<CsvRow> {
  const parser = parse({
    delimiter,
    info: true,
    record_delimiter: '\n',
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  });
  const fed = feed(textFrom(from.offset), parser);
  try {
    for await (const parsed of parser) {
      // The parser's own types say `any`: with `info` it yields exactly this.
      const { record, info } = parsed as Parsed;
      const ends = from.line + info.lines - 1;
      const line = ends - record.reduce((sum, cell) => sum + newlines(cell), 0);
      if (!record.some((cell) => cell.trim() !== '')) continue;
      yield { cells: record, line, next: { offset: from.offset + info.bytes, line: ends + 1 } };
    }
    await fed;
  } finally {
    parser.destroy();
    await fed.catch(() => undefined);
  }
}

/** Writes the text to the parser, no faster than it reads. */
async function feed(
  text: AsyncIterable<Buffer>,
  parser: NodeJS.WritableStream & { readonly destroyed?: boolean },
): Promise<void> {
  for await (const piece of text) {
    if (parser.destroyed === true) return;
    if (!parser.write(piece)) await drained(parser);
  }
  parser.end();
}

const drained = (parser: NodeJS.WritableStream): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) parser.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close', 'error']) parser.on(event, done);
  });

/** The line at a place, given up; the next one starts behind it. */
async function unreadableRow({ textFrom }: CsvFile, place: CsvPlace): Promise<CsvRow> {
  let length = 0;
  for await (const piece of textFrom(place.offset)) {
    const end = piece.indexOf(0x0a);
    if (end !== -1) return givenUp(place, length + end + 1);
    length += piece.length;
  }
  return givenUp(place, length);
}

const givenUp = (place: CsvPlace, length: number): CsvRow => ({
  cells: undefined,
  line: place.line,
  next: { offset: place.offset + length, line: place.line + 1 },
});

const newlines = (cell: string): number => cell.split('\n').length - 1;
