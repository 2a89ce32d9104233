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

/** A caller's options for reading a file. */
export interface ImportOptions extends ColumnOptions {
  readonly defaults?: Readonly<Partial<Record<ImportField, string>>>;
  /** Words of the caller's own: `borne` → `paper`. */
  readonly values?: Readonly<Record<string, string>>;
  readonly keepUnproven?: boolean;
  /** True when cancelled bookings are reopened. */
  readonly reopen?: boolean;
}

/** The position in a file, and the reading options that its first rows gave. */
export interface ImportCursor {
  readonly offset: number;
  readonly line: number;
  readonly delimiter: string;
  readonly headings: readonly string[];
  readonly monthFirst: readonly number[];
  /** The rate of the last merge. */
  readonly pace?: { readonly rowsPerSecond: number; readonly bytesPerSecond: number };
  /** The lines at which the reader of a file stopped while the cursor was at one place; an earlier version noted none. */
  readonly stops?: { readonly offset: number; readonly lines?: readonly number[] };
}

/** The tenant's settings for reading. */
export interface ReaderHome {
  readonly timeZone: string;
  readonly locale: string;
  /** True when people come for their health, so that no reason is kept. */
  readonly servesHealth: boolean;
}

/** The file's kind and the caller's options. */
export interface HeaderOrder {
  readonly kind: ImportKind;
  readonly options: ImportOptions;
}

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

/** Reads the header row, and enough rows to detect how its dates were typed; `reads` gets each line before it is parsed. */
export async function readHeader(
  textFrom: TextFrom,
  { kind, options, reads }: HeaderOrder & { readonly reads?: (line: number) => void },
): Promise<Header> {
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

/** Reads the first row; a list of numbers alone has no headings and begins with data. */
function beginning(kind: ImportKind, options: ImportOptions, table: FileTable) {
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

/** Reads a row as headings: the count of fields it names, and the columns to read. */
export type ReadColumns = (cells: readonly string[]) => {
  readonly fields: number;
  readonly read: ReadonlySet<number>;
};

/** The columns of a file that are read. */
interface Named {
  readonly fields: Readonly<Record<string, number | readonly number[] | undefined>>;
  readonly attributes?: Columns['attributes'];
  readonly evidence: Columns['evidence'];
}

/** Positions of all that is read. */
export const positionsOf = ({ fields, attributes = [], evidence }: Named): ReadonlySet<number> =>
  new Set([
    ...Object.values(fields).flatMap((at) => at ?? []),
    ...attributes.map(({ at }) => at),
    ...evidence.map(({ at }) => at),
  ]);

/** The columns of a row of headings, without those that tell why somebody comes, by heading or by the name that they are kept under. */
export function harmlessColumns(headings: readonly string[], named: Named): ReturnType<ReadColumns> {
  const telling = [...(named.attributes ?? []), ...named.evidence].filter(({ name }) =>
    isReasonOfVisit(name),
  );
  const unread = new Set(telling.map(({ at }) => at));
  const isRead = (at: number): boolean => !unread.has(at) && !isReasonOfVisit(headings[at] ?? '');
  return {
    fields: Object.keys(named.fields).length,
    read: new Set([...positionsOf(named)].filter(isRead)),
  };
}

/** Columns without those that tell why somebody comes: a file that an earlier version received has them still. */
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

/** The columns that a file of people is read by, where the reason of a visit is never stored. */
export const readColumnsFor =
  (kind: ImportKind, options: ImportOptions): ReadColumns =>
  (cells) =>
    kind === 'suppressions' && isBareNumbers(cells)
      ? { fields: 1, read: new Set([0]) }
      : harmlessColumns(cells, columnsFor(kind, cells, options));

/** The facts that decide how rows are read. */
interface Readable extends HeaderOrder {
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  /** `YYYY-MM-DD` where the tenant is. */
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

const HEADER_AGAIN: RowReading = { ...UNREADABLE, problem: { code: 'HEADER_AGAIN' } };

/** Builds the reader of a file from its header, options and tenant; its columns are found once. */
export function readerOf(readable: Readable) {
  const { kind, options } = readable;
  const { headings } = readable.cursor;
  const found = columnsFor(kind, headings, options);
  const columns = readable.home.servesHealth ? withoutReasonColumns(found, headings) : found;
  const birthDates = [options.defaults?.birthDate, columns.fields.birthDate];
  return {
    read: readWith(rulesFor(readable, columns), readable),
    columns,
    /** True when its rows may give dates of birth. */
    tellsBirths: birthDates.some((one) => one !== undefined),
  };
}

function readWith(rules: RowRules, { kind, cursor }: Readable): (row: CsvRow) => RowReading {
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
