import type { Clock } from '../platform/index.ts';
import type { CsvRow, TextFrom } from '../base/index.ts';
import {
  columnsOf,
  fieldOf,
  isBareNumbers,
  suppressionMapping,
  type Columns,
  type ColumnOptions,
  type ImportField,
} from './import-heading.ts';
import { plainHeading, isReasonOfVisit } from '../person/index.ts';
import { isMonthFirst, RowCells, ownWords, type RowRules } from './import-cell.ts';
import {
  openTable,
  withoutHeading,
  repeatsHeadings,
  type FileFailure,
  type FileTable,
  type Unreadable,
} from './import-table.ts';
import { readRow, readSuppressionRow, type RowReading } from './import-row.ts';

/** The kinds of an upload. */
export type ImportKind = 'contacts' | 'suppressions' | 'appointments' | 'subscriptions' | 'payment-plans';

/** How a caller wants a file to be read. */
export interface ImportOptions extends ColumnOptions {
  readonly defaults?: Readonly<Partial<Record<ImportField, string>>>;
  /** What the caller's own words mean: `borne` → `paper`. */
  readonly values?: Readonly<Record<string, string>>;
  readonly keepUnproven?: boolean;
  /** True when cancelled bookings are reopened. */
  readonly reopen?: boolean;
}

/** The position up to which a file was read, and how its rows are read, as its first rows showed. */
export interface ImportCursor {
  readonly offset: number;
  readonly line: number;
  readonly delimiter: string;
  readonly headings: readonly string[];
  readonly monthFirst: readonly number[];
  /** The rate of the last merge. */
  readonly pace?: { readonly rowsPerSecond: number; readonly bytesPerSecond: number };
  /** The lines at which the reader stopped while the cursor was at `offset`; earlier versions stored none. */
  readonly stops?: { readonly offset: number; readonly lines?: readonly number[] };
}

/** The settings of the tenant that matter for reading. */
export interface ReaderHome {
  readonly timeZone: string;
  readonly locale: string;
  /** True when the tenant serves health, so that no reason of a visit is kept. */
  readonly servesHealth: boolean;
}

/** What a thread needs to know to read the header of a file. */
export interface HeaderOrder {
  readonly kind: ImportKind;
  readonly options: ImportOptions;
}

/** Fields that can exclude a person: if they were not read, everybody would be written to. */
const EXCLUDING_FIELDS: ReadonlySet<string> = new Set(['withdrawnAt', 'birthDate', 'purpose', 'basis']);

/** The most missing columns that are listed. */
const MOST_LISTED = 10;

/** Rows in which dates with the month first are looked for. */
const SAMPLE_ROWS = 1_000;

const DATES = [
  'birthDate',
  'grantedAt',
  'withdrawnAt',
  'lastInteractionAt',
  'saleAt',
] as const satisfies readonly ImportField[];

/** What the header of a file shows, or the reason why the file cannot be read. */
export type Header =
  | { readonly kind: 'header'; readonly cursor: ImportCursor; readonly ignored: readonly string[] }
  | Unreadable;

/** Reads the header row, and a thousand rows to see how dates were typed; `reads` is called before each line. */
export async function readHeader(
  textFrom: TextFrom,
  { kind, options, reads }: HeaderOrder & { readonly reads?: (line: number) => void },
): Promise<Header> {
  const table = await openTable(textFrom, reads);
  if (table.kind === 'unreadable') return table;
  const { headings, next, columns } = firstRow(kind, options, table);
  // A row of a suppression list needs nothing but a number.
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

/** Says what the headings of a file of people lack: numbers, or a column that the caller maps to an excluding field. */
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

/** What a header lacks. */
export type Lack = Pick<FileFailure, 'code' | 'missing' | 'lacking'>;

const numbersLack = ({ defaults }: Pick<ImportOptions, 'defaults'>, fields: object): Lack | undefined =>
  'phone' in fields || defaults?.phone !== undefined ? undefined : { code: 'PHONE_COLUMN_MISSING' };

/** Returns the positions of columns in which one of the first thousand rows has a date with the month first. */
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

/** Reads the first row of a table; a list of bare numbers has no headings, and begins with data. */
function firstRow(kind: ImportKind, options: ImportOptions, table: FileTable) {
  const isBare = kind === 'suppressions' && isBareNumbers(table.headings);
  const headings = isBare ? ['phone'] : table.headings;
  return {
    headings,
    next: isBare ? table.at : table.next,
    columns: columnsFor(kind, headings, options),
  };
}

/** Finds the columns of a kind of file; the caller's mapping wins over our own headings. */
export function columnsFor(kind: ImportKind, headings: readonly string[], options: ColumnOptions): Columns {
  if (kind === 'contacts') return columnsOf(headings, options);
  return columnsOf(headings, {
    ...options,
    mapping: { ...suppressionMapping(headings), ...options.mapping },
  });
}

/** Returns the positions of dates in a row that are only possible with the month first. */
const monthFirstIn = (cells: readonly string[], { fields }: Columns): readonly number[] =>
  DATES.flatMap((field) => fields[field] ?? []).filter((at) => isMonthFirst(cells[at] ?? ''));

/**
 * Returns the mapped headings of excluding fields for which the file has none of the headings. One of those mapped to a
 * field is enough, since a mapping may serve files of several shapes.
 */
function unmetHeadings(
  headings: readonly string[],
  { mapping = {}, defaults = {} }: Pick<ImportOptions, 'mapping' | 'defaults'>,
): readonly string[] {
  const here = new Set(headings.map(plainHeading));
  return [...Map.groupBy(Object.keys(mapping), (heading) => fieldNamed(mapping[heading] ?? ''))]
    .filter(([target]) => EXCLUDING_FIELDS.has(target) && !(target in defaults))
    .filter(([, named]) => !named.some((heading) => here.has(plainHeading(heading))))
    .flatMap(([, named]) => named)
    .slice(0, MOST_LISTED);
}

const fieldNamed = (target: string): string => fieldOf(target)?.field ?? target;

/** Reads a row as headings; returns how many fields it names, and the positions of the columns to read. */
export type ReadColumns = (cells: readonly string[]) => {
  readonly fields: number;
  readonly read: ReadonlySet<number>;
};

/** The positions of the columns that are read, by their use. */
interface ColumnPositions {
  readonly fields: Readonly<Record<string, number | readonly number[] | undefined>>;
  readonly attributes?: Columns['attributes'];
  readonly evidence: Columns['evidence'];
}

/** Returns the positions of all columns that are read. */
export const positionsOf = ({ fields, attributes = [], evidence }: ColumnPositions): ReadonlySet<number> =>
  new Set([
    ...Object.values(fields).flatMap((at) => at ?? []),
    ...attributes.map(({ at }) => at),
    ...evidence.map(({ at }) => at),
  ]);

/**
 * Returns the columns to read, without those that give the reason of a visit by their heading or by the name under
 * which they are kept.
 */
export function harmlessColumns(
  headings: readonly string[],
  named: ColumnPositions,
): ReturnType<ReadColumns> {
  const revealing = [...(named.attributes ?? []), ...named.evidence].filter(({ name }) =>
    isReasonOfVisit(name),
  );
  const unread = new Set(revealing.map(({ at }) => at));
  const isRead = (at: number): boolean => !unread.has(at) && !isReasonOfVisit(headings[at] ?? '');
  return {
    fields: Object.keys(named.fields).length,
    read: new Set([...positionsOf(named)].filter(isRead)),
  };
}

/** Removes columns that give the reason of a visit, which a file that an earlier version received still has. */
function withoutReasonColumns(columns: Columns, headings: readonly string[]): Columns {
  const { read } = harmlessColumns(headings, columns);
  const isRead = ({ at }: { readonly at: number }): boolean => read.has(at);
  const fields = Object.entries(columns.fields).map(
    ([field, places]) => [field, places.filter((at) => read.has(at))] as const,
  );
  return {
    fields: Object.fromEntries(fields.filter(([, places]) => places.length > 0)),
    attributes: columns.attributes.filter(isRead),
    evidence: columns.evidence.filter(isRead),
    ignored: columns.ignored,
  };
}

/** Returns how a row is read as headings of a file of people, without the columns that give the reason of a visit. */
export const readColumnsFor =
  (kind: ImportKind, options: ImportOptions): ReadColumns =>
  (cells) =>
    kind === 'suppressions' && isBareNumbers(cells)
      ? { fields: 1, read: new Set([0]) }
      : harmlessColumns(cells, columnsFor(kind, cells, options));

/** What decides how the rows of a file are read. */
interface ReadingSource extends HeaderOrder {
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  /** `YYYY-MM-DD` in the tenant's zone. */
  readonly today: string;
}

const UNREADABLE: RowReading = {
  phone: undefined,
  person: undefined,
  grants: [],
  cited: undefined,
  withdrawal: undefined,
  problem: { code: 'ROW_UNREADABLE' },
  warnings: [],
};

const HEADINGS_REPEATED: RowReading = { ...UNREADABLE, problem: { code: 'HEADER_AGAIN' } };

/** Builds the reader of a file's rows; its columns are found once. */
export function readerOf(source: ReadingSource) {
  const { kind, options } = source;
  const { headings } = source.cursor;
  const found = columnsFor(kind, headings, options);
  const columns = source.home.servesHealth ? withoutReasonColumns(found, headings) : found;
  const birthDates = [options.defaults?.birthDate, columns.fields.birthDate];
  return {
    read: readWith(rulesFor(source, columns), source),
    columns,
    /** True when the rows may have dates of birth. */
    hasBirthDates: birthDates.some((one) => one !== undefined),
  };
}

function readWith(rules: RowRules, { kind, cursor }: ReadingSource): (row: CsvRow) => RowReading {
  const readCells = kind === 'contacts' ? readRow : readSuppressionRow;
  return ({ cells }) => {
    if (cells === undefined) return UNREADABLE;
    const reading = readCells(new RowCells(cells, rules));
    return reading.problem !== undefined && repeatsHeadings(cells, cursor.headings)
      ? HEADINGS_REPEATED
      : reading;
  };
}

function rulesFor({ options, cursor, home, today }: ReadingSource, columns: Columns): RowRules {
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

/** Returns today's date in a zone, as `YYYY-MM-DD`. */
export const todayIn = (clock: Clock, { timeZone }: Pick<ReaderHome, 'timeZone'>): string =>
  clock.now().setZone(timeZone).toFormat('yyyy-MM-dd');
