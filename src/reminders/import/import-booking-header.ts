import type { TextFrom } from '../../platform/csv/csv-reader.ts';
import { isMonthFirst, ownWords } from '../../people/import/import-cell.ts';
import { lackOf, oddDates, type Header, type Lack } from '../../people/import/import-header.ts';
import { openTable, withoutHeading } from '../../people/import/import-table.ts';
import type { ImportCursor, ImportOptions } from '../../people/import/import.repository.ts';
import { bookingColumns, type BookingColumns, type BookingField } from './import-columns.ts';
import type { BookingRules } from './import-row.ts';
import type { SeriesKind } from '../series/series.ts';

/** A caller's options for reading a file of bookings. */
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

/** Builds the rules of reading a row. */
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
