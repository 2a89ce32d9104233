import type { Clock } from '../clock.ts';
import type { CsvRow } from './csv-reader.ts';
import { RowCells, type RowRules } from './import-cell.ts';
import { columnsFor } from './import-header.ts';
import { readRow, readSuppressionRow, type RowReading } from './import-row.ts';
import { repeatsHeadings } from './import-table.ts';
import { ownWords } from './import-word.ts';
import type { ImportCursor, ImportRecord, ReaderHome } from './import.repository.ts';

/** What says how the rows of a file are read. */
export interface Readable {
  readonly record: Pick<ImportRecord, 'kind' | 'options'>;
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
}

/** What one row says. */
export type Read = (row: CsvRow) => RowReading;

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

/** The reader that a file's header, options and tenant ask for. */
export function readerOf(deps: { readonly clock: Clock }, { record, cursor, home }: Readable): Read {
  const { kind, options } = record;
  const rules = rulesFor(deps, { kind, options, cursor, home });
  const readCells = kind === 'contacts' ? readRow : readSuppressionRow;
  return ({ cells }) => {
    if (cells === undefined) return UNREADABLE;
    const reading = readCells(new RowCells(cells, rules));
    return reading.problem !== undefined && repeatsHeadings(cells, cursor.headings) ? HEADER_AGAIN : reading;
  };
}

/** Where numbers stand in a row: the first cell that is not empty counts. */
export const phoneColumns = ({ record, cursor }: Readable): readonly number[] =>
  columnsFor(record.kind, cursor.headings, record.options).fields.phone ?? [];

/** Whether the rows of a file may tell when somebody was born. */
export const tellsBirths = ({ record, cursor }: Readable): boolean =>
  record.options.defaults?.birthDate !== undefined ||
  columnsFor(record.kind, cursor.headings, record.options).fields.birthDate !== undefined;

/** How the rows of a file are read: by its header, its options and the tenant. */
function rulesFor(
  { clock }: { readonly clock: Clock },
  { kind, options, cursor, home }: Readable['record'] & Pick<Readable, 'cursor' | 'home'>,
): RowRules {
  return {
    columns: columnsFor(kind, cursor.headings, options),
    monthFirst: cursor.monthFirst,
    defaults: options.defaults ?? {},
    values: ownWords(options.values ?? {}),
    keepUnproven: options.keepUnproven === true,
    timeZone: home.timeZone,
    today: clock.now().setZone(home.timeZone).toFormat('yyyy-MM-dd'),
  };
}
