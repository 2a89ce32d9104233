import { csvPages, type CsvRow, type TextFrom } from '../../base/index.ts';
import {
  repeatsHeadings,
  openTable,
  withoutHeading,
  isMonthFirst,
  ownWords,
  lackOf,
  oddDates,
  type Header,
  type Lack,
  type FileRow,
  type FileInThread,
  type ImportCursor,
  type ImportOptions,
} from '../../reading/index.ts';
import { readBookingRow, type ImportedBooking, type BookingRules } from './import-row.ts';
import { bookingColumns, type BookingColumns, type BookingField } from './import-columns.ts';
import type { SeriesKind } from '../series/series.ts';

export interface BookingOrder extends BookingFile {
  readonly cursor: ImportCursor;
}

export interface BookedRow extends FileRow {
  readonly booking: ImportedBooking;
}

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

/** The kind and options of a file of bookings. */
export interface BookingFile {
  readonly kind: SeriesKind;
  readonly options: ImportOptions;
}

/** Reads the header, and enough rows to detect the format of dates. */
export async function readBookingHeader(
  textFrom: TextFrom,
  { kind, options, reads }: BookingFile & { readonly reads?: (line: number) => void },
): Promise<Header> {
  const table = await openTable(textFrom, reads);
  if (table.kind === 'unreadable') return table;
  const { headings, next, delimiter } = table;
  const columnsIn = (cells: readonly string[]): BookingColumns =>
    bookingColumns(kind, cells, options.mapping);
  const lacks = (cells: readonly string[]): Lack | undefined =>
    lackOfBookings(cells, { kind, options, columns: columnsIn(cells) });
  const lack = lacks(headings);
  if (lack !== undefined) {
    const { ignored: unknown } = columnsIn(headings);
    return withoutHeading({ ...lack, unknown }, table, (cells) => lacks(cells) === undefined);
  }
  const monthFirst = await oddDates(table.rows, (cells) =>
    cells.flatMap((cell, at) => (isMonthFirst(cell) ? at : [])),
  );
  return {
    kind: 'header',
    cursor: { ...next, delimiter, headings, monthFirst },
    ignored: columnsIn(headings).ignored,
  };
}

/** Checks the columns that every file of bookings needs besides those of people; for appointments, their start. */
function lackOfBookings(
  cells: readonly string[],
  { kind, options, columns: { fields } }: BookingFile & { readonly columns: BookingColumns },
): Lack | undefined {
  const defaults: Readonly<Record<string, string | undefined>> = options.defaults ?? {};
  const knows = (field: BookingField): boolean => field in fields || defaults[field] !== undefined;
  const begins = kind !== 'appointment' || knows('startsAt') || knows('startsOn');
  const lacking = [
    ...('externalId' in fields ? [] : ['externalId']),
    ...(knows('phone') ? [] : ['phone']),
    ...(begins ? [] : ['startsAt']),
  ];
  if (!('externalId' in fields)) return { code: 'REFERENCE_COLUMN_MISSING', lacking };
  const lack = lackOf(cells, options, fields);
  if (lack !== undefined) return { ...lack, lacking };
  return begins ? undefined : { code: 'START_COLUMN_MISSING', lacking };
}

export const bookingRules = ({
  kind,
  cursor: { headings = [], monthFirst = [] },
  options,
}: BookingFile & { readonly cursor: Partial<ImportCursor> }): BookingRules => ({
  kind,
  headings,
  columns: bookingColumns(kind, headings, options.mapping),
  monthFirst,
  defaults: options.defaults ?? {},
  values: ownWords(options.values ?? {}),
  reopen: options.reopen ?? false,
});
