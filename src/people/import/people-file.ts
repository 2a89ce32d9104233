import { csvPages, wholeRow, type CsvFile } from '../../platform/csv/csv-reader.ts';
import { FileReaders } from './file-readers.ts';
import type { FileRow } from './file-row.ts';
import type { FileInThread } from './file-serving.ts';
import { readerOf } from './import-reader.ts';
import { among, comingAgain, rowNumberIn, repeatsIn } from './import-repeat.ts';
import type { RowReading } from './import-row.ts';
import type { CsvRow } from '../../platform/csv/csv-reader.ts';
import type { ImportCursor, ImportRecord, ReaderHome } from './import.repository.ts';

/** The order to read the header of a file of people. */
export type HeaderOrder = Pick<ImportRecord, 'kind' | 'options'>;

/** The order to read the rows of a file of people. */
export interface PeopleOrder extends HeaderOrder {
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  /** `YYYY-MM-DD` where the tenant is. */
  readonly today: string;
  /** True when rows are read together with the other rows of their number. */
  readonly knowsRepeats: boolean;
}

/** A row with what it says, and whether its number came in one before it. */
export interface PersonRow extends FileRow {
  readonly reading: RowReading;
  readonly comesAgain: boolean;
}

/** Reads files of people, each in a thread of its own. */
export const peopleFiles = new FileReaders<HeaderOrder | PeopleOrder, PersonRow>(
  new URL('people-file-thread.ts', import.meta.url),
);

/** The rows from the cursor on, in their order. */
export async function* personRows(
  order: PeopleOrder,
  file: FileInThread,
): AsyncGenerator<readonly PersonRow[]> {
  const csv = { textFrom: file.textFrom, delimiter: order.cursor.delimiter, reads: file.reads };
  const read = await readAhead(order, file, csv);
  for await (const rows of csvPages(csv, order.cursor))
    yield rows.map((row) => {
      file.reads(row.line);
      return Object.assign({ row }, read(row));
    });
}

/** The reader of rows that know of each other; a list of numbers to leave alone holds no people. */
async function readAhead(
  order: PeopleOrder,
  file: FileInThread,
  csv: CsvFile,
): Promise<(row: CsvRow) => Omit<PersonRow, 'row'>> {
  const { read: alone, columns, tellsBirths } = readerOf(order);
  if (!order.knowsRepeats) return (row) => ({ reading: alone(row), comesAgain: false });
  const phoneColumns = columns.fields.phone ?? [];
  const repeats = await repeatsIn({
    pages: (most) => csvPages({ ...csv, most }, order.cursor),
    phoneColumns,
    read: (row) => {
      file.reads(row.line);
      return alone(wholeRow(row, csv.delimiter));
    },
    refused: file.refused,
    tellsBirths,
  });
  const comesAgain = comingAgain(repeats);
  return (row) => {
    const number = rowNumberIn(phoneColumns, row);
    const reading = among(alone(row), { line: row.line, number }, repeats);
    return { reading, comesAgain: comesAgain(number) };
  };
}
