import { csvRows, type CsvPlace, type TextFrom } from './csv-reader.ts';
import { delimiterOf } from './csv-delimiter.ts';
import { columnsOf, type Columns, type ColumnOptions } from './import-column.ts';
import { isMonthFirst } from './import-date.ts';
import type { ImportField } from './import-heading.ts';
import type { ImportCursor, ImportKind, ImportOptions } from './import.repository.ts';
import { isBareNumbers, suppressionMapping } from './suppression-import.ts';

/** How many rows tell whether somebody typed months first. */
const SAMPLE_ROWS = 1_000;

const DATES = [
  'birthDate',
  'grantedAt',
  'withdrawnAt',
  'lastInteractionAt',
  'saleAt',
] as const satisfies readonly ImportField[];

/** What a file says of itself, or why it cannot be read. */
export type Header =
  | { readonly kind: 'header'; readonly cursor: ImportCursor; readonly ignored: readonly string[] }
  | { readonly kind: 'unreadable'; readonly failure: FileFailure };

/** Why a file cannot be read at all. */
type FileFailure = 'FILE_EMPTY' | 'PHONE_COLUMN_MISSING' | 'TOO_MANY_COLUMNS';

/** The widest export that was met has some 200; the headings are kept with the import. */
const MOST_COLUMNS = 1_000;

/** Reads the header row, and enough rows to know how its dates were typed. */
export async function readHeader(
  textFrom: TextFrom,
  { kind, options }: { readonly kind: ImportKind; readonly options: ImportOptions },
): Promise<Header> {
  const delimiter = delimiterOf(await firstLine(textFrom));
  const rows = csvRows({ textFrom, delimiter }, { offset: 0, line: 1 });
  let begun: Beginning | undefined;
  const monthFirst = new Set<number>();
  let seen = 0;
  for await (const { cells, next } of rows) {
    if (cells === undefined) continue;
    if (begun === undefined) begun = beginning(kind, options, { cells, next });
    else if (begun.headings.length > MOST_COLUMNS) break;
    else for (const at of monthFirstIn(cells, begun.columns)) monthFirst.add(at);
    seen += 1;
    if (seen > SAMPLE_ROWS) break;
  }
  if (begun === undefined) return { kind: 'unreadable', failure: 'FILE_EMPTY' };
  if (begun.headings.length > MOST_COLUMNS) return { kind: 'unreadable', failure: 'TOO_MANY_COLUMNS' };
  if (begun.columns.fields.phone === undefined && options.defaults?.phone === undefined)
    return { kind: 'unreadable', failure: 'PHONE_COLUMN_MISSING' };
  const { headings, next, columns } = begun;
  return {
    kind: 'header',
    cursor: { ...next, delimiter, headings, monthFirst: [...monthFirst] },
    ignored: columns.ignored,
  };
}

interface Beginning {
  readonly headings: readonly string[];
  readonly next: CsvPlace;
  readonly columns: Columns;
}

/** What the first row says; a list of numbers alone has none, and begins with it. */
function beginning(
  kind: ImportKind,
  options: ImportOptions,
  { cells, next }: { readonly cells: readonly string[]; readonly next: CsvPlace },
): Beginning {
  const isBare = kind === 'suppressions' && isBareNumbers(cells);
  const headings = isBare ? ['phone'] : cells;
  return {
    headings,
    next: isBare ? { offset: 0, line: 1 } : next,
    columns: columnsFor(kind, headings, options),
  };
}

/** The columns of a kind of file; what the caller maps wins. */
export function columnsFor(kind: ImportKind, headings: readonly string[], options: ColumnOptions): Columns {
  if (kind === 'contacts') return columnsOf(headings, options);
  return columnsOf(headings, {
    ...options,
    mapping: { ...suppressionMapping(headings), ...options.mapping },
  });
}

/** Dates of a row that have a thirteenth month unless their month stands first. */
const monthFirstIn = (cells: readonly string[], { fields }: Columns): readonly number[] =>
  DATES.flatMap((field) => fields[field] ?? []).filter((at) => isMonthFirst(cells[at] ?? ''));

/** A header longer than this is none. */
const LONGEST_HEADER = 64 * 1024;

/** The first line that says something, as far as it tells the delimiter. */
export async function firstLine(textFrom: TextFrom): Promise<string> {
  let head = '';
  for await (const piece of textFrom(0)) {
    head = (head + piece.toString('utf8')).trimStart();
    const end = head.indexOf('\n');
    if (end !== -1 || head.length > LONGEST_HEADER) return head.slice(0, end === -1 ? LONGEST_HEADER : end);
  }
  return head.trim();
}
