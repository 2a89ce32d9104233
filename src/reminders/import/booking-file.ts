import { csvPages, type CsvRow } from '../../platform/csv/csv-reader.ts';
import { FileReaders } from '../../people/import/file-readers.ts';
import type { FileRow, FileInThread } from '../../people/import/file-serving.ts';
import { repeatsHeadings } from '../../people/import/import-table.ts';
import type { ImportCursor } from '../../people/import/import.repository.ts';
import { bookingRules, type BookingFile } from './import-booking-header.ts';
import { readBookingRow, type ImportedBooking, type BookingRules } from './import-row.ts';

/** The order to read the rows of a file of bookings. */
export interface BookingOrder extends BookingFile {
  readonly cursor: ImportCursor;
}

/** A row of a file with its booking. */
export interface BookedRow extends FileRow {
  readonly booking: ImportedBooking;
}

/** Reads files of bookings, each in a thread of its own. */
export const bookingFiles = new FileReaders<BookingFile | BookingOrder, BookedRow>(
  new URL('booking-file-thread.ts', import.meta.url),
);

/** Yields the rows from the cursor on, in order. */
export async function* bookedRows(
  order: BookingOrder,
  { textFrom, reads }: FileInThread,
): AsyncGenerator<readonly BookedRow[]> {
  const rules = bookingRules(order);
  const csv = { textFrom, delimiter: order.cursor.delimiter, reads };
  for await (const rows of csvPages(csv, order.cursor))
    yield rows.map((row) => {
      reads(row.line);
      return { row, booking: bookingIn(row, rules) };
    });
}

function bookingIn({ cells }: CsvRow, rules: BookingRules): ImportedBooking {
  if (cells === undefined) return { kind: 'unreadable', code: 'ROW_UNREADABLE', fields: [] };
  if (repeatsHeadings(cells, rules.headings)) return { kind: 'unreadable', code: 'HEADER_AGAIN', fields: [] };
  const read = readBookingRow(cells, rules);
  return read.kind !== 'unreadable' && read.externalId === ''
    ? { kind: 'unreadable', code: 'EXTERNAL_ID_MISSING', fields: ['externalId'] }
    : read;
}
