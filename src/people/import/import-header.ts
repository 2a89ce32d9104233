import type { CsvPlace, CsvRow, TextFrom } from '../../platform/csv/csv-reader.ts';
import { columnsOf, type Columns, type ColumnOptions } from './import-column.ts';
import { isMonthFirst } from './import-date.ts';
import type { FileFailure } from './import-failure.ts';
import { fieldOf, plainHeading, type ImportField } from './import-heading.ts';
import { openTable, withoutHeading, type FileTable, type Unreadable } from './import-table.ts';
import type { ImportCursor, ImportKind, ImportOptions } from './import.repository.ts';
import { isBareNumbers, suppressionMapping } from './suppression-import.ts';

/** Fields that keep somebody from being written to: unread, they would let everybody be. */
const BARRING: ReadonlySet<string> = new Set(['withdrawnAt', 'birthDate', 'purpose', 'basis']);

/** The maximum number of columns listed; with more missing, it is another file. */
const MOST_LISTED = 10;

/** The rows sampled to detect dates with the month first. */
const SAMPLE_ROWS = 1_000;

const DATES = [
  'birthDate',
  'grantedAt',
  'withdrawnAt',
  'lastInteractionAt',
  'saleAt',
] as const satisfies readonly ImportField[];

/** A file's header, or the reason why it cannot be read. */
export type Header =
  | { readonly kind: 'header'; readonly cursor: ImportCursor; readonly ignored: readonly string[] }
  | Unreadable;

interface HeaderAsked {
  readonly kind: ImportKind;
  readonly options: ImportOptions;
  /** Called with the line of each row before it is parsed. */
  readonly reads?: (line: number) => void;
}

/** Reads the header row, and enough rows to detect how its dates were typed. */
export async function readHeader(textFrom: TextFrom, { kind, options, reads }: HeaderAsked): Promise<Header> {
  const table = await openTable(textFrom, reads);
  if (table.kind === 'unreadable') return table;
  const { headings, next, columns } = beginning(kind, options, table);
  // A row of a suppression list is effective from now; its other columns do not matter.
  const lacks = (cells: readonly string[], { fields }: Columns): Lack | undefined =>
    kind === 'suppressions' ? numbersLack(options, fields) : lackOf(cells, options, fields);
  const lack = lacks(headings, columns);
  if (lack !== undefined)
    return withoutHeading(
      { ...lack, unknown: columns.ignored },
      table,
      (cells) => lacks(cells, columnsFor(kind, cells, options)) === undefined,
    );
  const monthFirst = await oddDates(table.rows, (cells) => monthFirstIn(cells, columns));
  return {
    kind: 'header',
    cursor: { ...next, delimiter: table.delimiter, headings, monthFirst },
    ignored: columns.ignored,
  };
}

/** Checks the columns that every file of people needs: numbers, and the ones the caller maps to an opt-out. */
export function lackOf(
  headings: readonly string[],
  options: Pick<ImportOptions, 'mapping' | 'defaults'>,
  fields: object,
): Lack | undefined {
  const missing = unmetHeadings(headings, options);
  return (
    numbersLack(options, fields) ??
    (missing.length === 0 ? undefined : { code: 'MAPPED_COLUMN_MISSING', missing })
  );
}

/** The fault of a header. */
export type Lack = Pick<FileFailure, 'code' | 'missing' | 'lacking'>;

const numbersLack = ({ defaults }: Pick<ImportOptions, 'defaults'>, fields: object): Lack | undefined =>
  'phone' in fields || defaults?.phone !== undefined ? undefined : { code: 'PHONE_COLUMN_MISSING' };

/** Returns the columns in which some early row has its month first. */
export async function oddDates(
  rows: AsyncIterable<CsvRow>,
  monthFirst: (cells: readonly string[]) => readonly number[],
): Promise<readonly number[]> {
  const found = new Set<number>();
  let seen = 0;
  for await (const { cells = [] } of rows) {
    for (const at of monthFirst(cells)) found.add(at);
    seen += 1;
    if (seen >= SAMPLE_ROWS) break;
  }
  return [...found];
}

interface Beginning {
  readonly headings: readonly string[];
  readonly next: CsvPlace;
  readonly columns: Columns;
}

/** Reads the first row; a list of numbers alone has no headings and begins with data. */
function beginning(kind: ImportKind, options: ImportOptions, table: FileTable): Beginning {
  const isBare = kind === 'suppressions' && isBareNumbers(table.headings);
  const headings = isBare ? ['phone'] : table.headings;
  return {
    headings,
    next: isBare ? table.at : table.next,
    columns: columnsFor(kind, headings, options),
  };
}

/** Finds the columns of a kind of file; the caller's mapping wins. */
export function columnsFor(kind: ImportKind, headings: readonly string[], options: ColumnOptions): Columns {
  if (kind === 'contacts') return columnsOf(headings, options);
  return columnsOf(headings, {
    ...options,
    mapping: { ...suppressionMapping(headings), ...options.mapping },
  });
}

/** Returns the dates of a row that are impossible unless their month comes first. */
const monthFirstIn = (cells: readonly string[], { fields }: Columns): readonly number[] =>
  DATES.flatMap((field) => fields[field] ?? []).filter((at) => isMonthFirst(cells[at] ?? ''));

/**
 * Returns the mapped headings of fields that exclude people when the file has none of them. One mapping may serve
 * files of several shapes: of the headings for one field a single one is enough.
 */
function unmetHeadings(
  headings: readonly string[],
  { mapping = {}, defaults = {} }: Pick<ImportOptions, 'mapping' | 'defaults'>,
): readonly string[] {
  const here = new Set(headings.map(plainHeading));
  return [...Map.groupBy(Object.keys(mapping), (heading) => fieldMeant(mapping[heading] ?? ''))]
    .filter(([target]) => BARRING.has(target) && !(target in defaults))
    .filter(([, named]) => !named.some((heading) => here.has(plainHeading(heading))))
    .flatMap(([, named]) => named)
    .slice(0, MOST_LISTED);
}

const fieldMeant = (target: string): string => fieldOf(target)?.field ?? target;
