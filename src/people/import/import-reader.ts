import type { Clock } from '../../platform/clock.ts';
import type { CsvRow } from '../../platform/csv/csv-reader.ts';
import { RowCells, type RowRules } from './import-cell.ts';
import type { Columns } from './import-column.ts';
import { columnsFor } from './import-header.ts';
import { readRow, readSuppressionRow, type RowReading } from './import-row.ts';
import { withoutReasonColumns } from './read-columns.ts';
import { repeatsHeadings } from './import-table.ts';
import { ownWords } from './import-word.ts';
import type { ImportCursor, ImportRecord, ReaderHome } from './import.repository.ts';

/** The facts that decide how rows are read. */
export interface Readable extends Pick<ImportRecord, 'kind' | 'options'> {
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  /** `YYYY-MM-DD` where the tenant is. */
  readonly today: string;
}

/** Reads one row. */
export type RowReader = (row: CsvRow) => RowReading;

const UNREADABLE: RowReading = {
  phone: undefined,
  person: undefined,
  grants: [],
  cited: undefined,
  withdrawal: undefined,
  problem: { code: 'ROW_UNREADABLE' },
  warnings: [],
};

const HEADER_AGAIN: RowReading = { ...UNREADABLE, problem: { code: 'HEADER_AGAIN' } };

/** A reader made from a file's header, options and tenant. */
export interface ImportReader {
  readonly read: RowReader;
  readonly columns: Columns;
  /** True when its rows may give dates of birth. */
  readonly tellsBirths: boolean;
}

/** Builds the reader of a file; its columns are found once. */
export function readerOf(readable: Readable): ImportReader {
  const { kind, options } = readable;
  const { headings } = readable.cursor;
  const found = columnsFor(kind, headings, options);
  const columns = readable.home.servesHealth ? withoutReasonColumns(found, headings) : found;
  const birthDates = [options.defaults?.birthDate, columns.fields.birthDate];
  return {
    read: readWith(rulesFor(readable, columns), readable),
    columns,
    tellsBirths: birthDates.some((one) => one !== undefined),
  };
}

function readWith(rules: RowRules, { kind, cursor }: Readable): RowReader {
  const readCells = kind === 'contacts' ? readRow : readSuppressionRow;
  return ({ cells }) => {
    if (cells === undefined) return UNREADABLE;
    const reading = readCells(new RowCells(cells, rules));
    return reading.problem !== undefined && repeatsHeadings(cells, cursor.headings) ? HEADER_AGAIN : reading;
  };
}

/** Builds the rules of a file from its header, its options and the tenant. */
function rulesFor({ options, cursor, home, today }: Readable, columns: Columns): RowRules {
  return {
    columns,
    monthFirst: cursor.monthFirst,
    defaults: options.defaults ?? {},
    values: ownWords(options.values ?? {}),
    keepUnproven: options.keepUnproven === true,
    timeZone: home.timeZone,
    today,
  };
}

/** Returns the tenant's local date, as `YYYY-MM-DD`. */
export const todayIn = (clock: Clock, { timeZone }: Pick<ReaderHome, 'timeZone'>): string =>
  clock.now().setZone(timeZone).toFormat('yyyy-MM-dd');
