import { csvRows, type CsvPlace, type TextFrom } from '../contacts/csv-reader.ts';
import { delimiterOf } from '../contacts/csv-delimiter.ts';
import { isMonthFirst } from '../contacts/import-date.ts';
import { firstLine } from '../contacts/import-header.ts';
import { ownWords } from '../contacts/import-word.ts';
import type { ImportCursor, ImportOptions } from '../contacts/import.repository.ts';
import { bookingColumns, type BookingColumns } from './import-columns.ts';
import type { BookingRules } from './import-row.ts';
import type { SeriesKind } from './series.ts';

const SAMPLE_ROWS = 1_000;

/** How a caller wants a file of bookings read. */
export interface BookingFile {
  readonly kind: SeriesKind;
  readonly options: ImportOptions;
}

/** What a file of bookings says of itself, or why it cannot be read. */
export type BookingHeader =
  | { readonly kind: 'header'; readonly cursor: ImportCursor; readonly columns: BookingColumns }
  | { readonly kind: 'unreadable'; readonly failure: string };

/** Reads the header, and enough rows to know how dates were typed. */
export async function readBookingHeader(
  textFrom: TextFrom,
  { kind, options }: BookingFile,
): Promise<BookingHeader> {
  const delimiter = delimiterOf(await firstLine(textFrom));
  let begun: { headings: readonly string[]; next: CsvPlace } | undefined;
  const monthFirst = new Set<number>();
  let seen = 0;
  for await (const { cells = [], next } of csvRows({ textFrom, delimiter }, { offset: 0, line: 1 })) {
    if (begun === undefined) begun = { headings: cells, next };
    else cells.forEach((cell, at) => isMonthFirst(cell) && monthFirst.add(at));
    seen += 1;
    if (seen > SAMPLE_ROWS) break;
  }
  if (begun === undefined) return { kind: 'unreadable', failure: 'FILE_EMPTY' };
  const { headings, next } = begun;
  const columns = bookingColumns(kind, headings, options.mapping);
  const failure = missing(columns.fields, options.defaults ?? {});
  if (failure !== undefined) return { kind: 'unreadable', failure };
  return {
    kind: 'header',
    cursor: { ...next, delimiter, headings, monthFirst: [...monthFirst] },
    columns,
  };
}

function missing(fields: object, defaults: object): string | undefined {
  if (!('externalId' in fields)) return 'REFERENCE_COLUMN_MISSING';
  return 'phone' in fields || 'phone' in defaults ? undefined : 'PHONE_COLUMN_MISSING';
}

/** How every row of the file is read. */
export const bookingRules = ({
  kind,
  cursor: { headings = [], monthFirst = [] },
  options,
}: BookingFile & { readonly cursor: Partial<ImportCursor> }): BookingRules => ({
  kind,
  columns: bookingColumns(kind, headings, options.mapping),
  monthFirst,
  defaults: options.defaults ?? {},
  values: ownWords(options.values ?? {}),
});
