import { csvRows, delimiterOf, type CsvPlace, type CsvRow, type TextFrom } from '../base/index.ts';
import { headingIn, longestCell } from './import-heading.ts';
import { bilingual, inEachLanguage, wordsIn, type Language, type Words } from '../words/index.ts';

/** The number of shown rows of an unreadable file. */
const MOST_ROWS = 3;
const MOST_HEADINGS = 30;
const LONGEST_HEADING = 60;
const LONGEST_CELL = 24;

/** The first row of a file, and those below it. */
export interface FileTable {
  readonly kind: 'table';
  readonly delimiter: string;
  readonly headings: readonly string[];
  /** The line on which the first row starts. */
  readonly line: number;
  readonly at: CsvPlace;
  readonly next: CsvPlace;
  readonly rows: AsyncIterable<CsvRow>;
}

/** An unreadable file, with the reason. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly failure: FileFailure;
}

const START: CsvPlace = { offset: 0, line: 1 };

/** Reads the first row of a file; the caller reads the table's rows, or closes it. */
export async function openTable(
  textFrom: TextFrom,
  reads?: (line: number) => void,
): Promise<FileTable | Unreadable> {
  const first = await firstLine(textFrom);
  const said = SEPARATOR.exec(first)?.[1];
  const delimiter = said ?? delimiterOf(first);
  const rows = csvRows({ textFrom, delimiter, reads }, START);
  const before = said === undefined ? undefined : await rows.next();
  const row = await rows.next();
  if (row.done === true) return unreadable({ code: 'FILE_EMPTY' });
  const { cells = [], line, next } = row.value;
  const failure = failureOf(row.value);
  if (failure !== undefined) {
    await rows.return(undefined);
    return unreadable(failure);
  }
  const at = before?.done === false ? before.value.next : START;
  return { kind: 'table', delimiter, headings: cells.map(headingIn), line, at, next, rows };
}

/** A first line for spreadsheets alone: it names the delimiter, and is no row. */
const SEPARATOR = /^sep=(.)\r?$/i;

const unreadable = (failure: FileFailure): Unreadable => ({ kind: 'unreadable', failure });

/** Returns the reason why a row cannot be the first one, whatever its content. */
function failureOf({ cells, line }: CsvRow): FileFailure | undefined {
  if (cells === undefined) return { code: 'HEADER_UNREADABLE', line };
  return cells.length > MOST_COLUMNS ? { code: 'TOO_MANY_COLUMNS', line, columns: cells.length } : undefined;
}

/** Titles and dates precede the headings of some exports, hardly more lines than this. */
const LINES_ABOVE = 20;

/** Returns the reason why the first row of a table is no headings; `unknown` are those not understood. */
export async function withoutHeading(
  {
    unknown = [],
    ...failure
  }: Pick<FileFailure, 'code' | 'missing' | 'lacking'> & { readonly unknown?: readonly string[] },
  table: FileTable,
  hasIt: (cells: readonly string[]) => boolean,
): Promise<Unreadable> {
  const { headings, line } = table;
  const { headingsAt, below } = await lookedBelow(table, hasIt);
  const unread = headingsAt === undefined ? unreadColumns(headings, { unknown, rows: below }) : undefined;
  return unreadable({
    ...failure,
    ...(unread === undefined ? {} : { unread }),
    line,
    columns: headings.length,
    ...(headingsAt === undefined ? {} : { headingsAt }),
    ...(headings.some(isNumber) ? { isPerson: true } : {}),
  });
}

/** Returns the line that looks like the headings, and the first rows. */
async function lookedBelow({ rows }: FileTable, hasIt: (cells: readonly string[]) => boolean) {
  let seen = 0;
  const below: (readonly string[])[] = [];
  for await (const { cells = [], line } of rows) {
    const row = (cells.length === 1 ? ownCells(cells) : cells).map(headingIn);
    if (row.length <= MOST_COLUMNS && hasIt(row)) return { headingsAt: line, below };
    if (below.length < MOST_ROWS) below.push(cells);
    seen += 1;
    if (seen >= LINES_ABOVE) break;
  }
  return { headingsAt: undefined, below };
}

/** A title reveals no delimiter: a row below it is cut by its own. */
const ownCells = ([cell = '']: readonly string[]): readonly string[] => cell.split(delimiterOf(cell));

/** Says whether a cell is a phone number rather than a heading. */
export const isNumber = (cell: string): boolean =>
  cell.length <= longestCell('phone') && /^[\s'"+().\d-]*$/.test(cell) && /(?:\d\D*){9}/.test(cell);

/** Concatenated files keep their headings, and the byte order mark before them. */
export const repeatsHeadings = (cells: readonly string[], headings: readonly string[]): boolean =>
  headings.length > 0 &&
  headings.every((heading, at) => plain(headingIn(cells[at] ?? '')) === plain(heading));

const plain = (cell: string): string => cell.replaceAll('"', '').trim();

/** A longer header is none. */
const LONGEST_HEADER = 64 * 1024;

/** Returns the start of the first non-empty line, long enough to guess the delimiter. */
async function firstLine(textFrom: TextFrom): Promise<string> {
  let head = '';
  for await (const piece of textFrom(0)) {
    head = (head + piece.toString('utf8')).trimStart();
    const end = head.indexOf('\n');
    if (end !== -1 || head.length > LONGEST_HEADER) return head.slice(0, end === -1 ? LONGEST_HEADER : end);
  }
  return head.trim();
}

/** Masks a row's content: letters become x, digits 9. */
const shapeOf = (cell: string): string =>
  cell
    .trim()
    .slice(0, LONGEST_CELL)
    .replaceAll(/\p{Lu}/gu, 'X')
    .replaceAll(/[\p{L}\p{M}]/gu, (letter) => (letter === 'X' ? letter : 'x'))
    .replaceAll(/\p{N}/gu, '9')
    .replaceAll(/[^\p{P}\p{Zs}\p{Sc}+Xx9]/gu, '·');

/** A heading has no number of two digits; a day, a street and an amount have. */
const saysSomething = (cell: string): boolean => /\d\D?\d/.test(cell);

const shown = (headings: readonly string[]): readonly string[] =>
  headings.slice(0, MOST_HEADINGS).map((heading) => heading.trim().slice(0, LONGEST_HEADING));

/** Describes the columns of an unreadable file; undefined when its first row may hold personal data. */
function unreadColumns(
  headings: readonly string[],
  given: { readonly unknown: readonly string[]; readonly rows: readonly (readonly string[])[] },
): UnreadColumns | undefined {
  if (headings.length < 2 || headings.some(saysSomething)) return undefined;
  return {
    headings: shown(headings),
    unknown: shown(given.unknown),
    rows: given.rows.map((cells) => cells.slice(0, MOST_HEADINGS).map(shapeOf)),
  };
}

/** The widest known export has some 200 columns; the headings are kept with the import. */
export const MOST_COLUMNS = 1_000;

/** The reasons why a file cannot be read, or not to its end. */
export const fileFailures = bilingual.importing.failures;

type FileFailureCode = keyof typeof fileFailures;

/** The reason and position of a failure; without the content of cells. */
export interface FileFailure {
  readonly code: FileFailureCode;
  /** The line of the first row, or of the one at which reading stopped. */
  readonly line?: number;
  readonly columns?: number;
  /** A later line that looks like the headings. */
  readonly headingsAt?: number;
  /** True when the first row already holds a number. */
  readonly isPerson?: boolean;
  /** Headings that the caller named. */
  readonly missing?: readonly string[];
  /** Fields without a known column. */
  readonly lacking?: readonly string[];
  /** The columns, where the first row is one of headings. */
  readonly unread?: UnreadColumns;
}

/** The columns of an unreadable file: headings, and the shape of the rows below them. */
export interface UnreadColumns {
  readonly headings: readonly string[];
  /** Headings that were not understood. */
  readonly unknown: readonly string[];
  /** Letters as x, digits as 9, so that personal data are not shown. */
  readonly rows: readonly (readonly string[])[];
}

/** Words the finding, the expectation and the remedy. */
export const failureSentence = (failure: FileFailure, language: Language): string =>
  `${fileFailures[failure.code][language]} ${wordsOfFailure(failure)[language]}`;

/** Words the failure of an import; one of an earlier version has a code alone. */
export function shownFailure(
  { code, facts }: { readonly code: string | null; readonly facts: Omit<FileFailure, 'code'> | undefined },
  language: Language,
): string | null {
  return code !== null && isFailureCode(code) ? failureSentence({ ...facts, code }, language) : null;
}

const isFailureCode = (code: string): code is FileFailureCode => Object.hasOwn(fileFailures, code);

function wordsOfFailure(failure: FileFailure): Words {
  const { code, line = 1, columns } = failure;
  switch (code) {
    case 'FILE_EMPTY':
      return bilingual.importing.expected.rows;
    case 'HEADER_UNREADABLE':
      return bilingual.importing.expected.closedQuote({ line });
    case 'TOO_MANY_COLUMNS':
      return bilingual.importing.expected.fewerColumns({
        line,
        columns: columns ?? bilingual.importing.more,
        most: MOST_COLUMNS,
      });
    case 'PHONE_COLUMN_MISSING':
      return headingsFor(failure, bilingual.importing.expected.phoneHeading);
    case 'REFERENCE_COLUMN_MISSING':
      return headingsFor(failure, bilingual.importing.expected.referenceHeading);
    case 'START_COLUMN_MISSING':
      return headingsFor(failure, bilingual.importing.expected.startHeading);
    case 'ROW_STOPS_READER':
      return bilingual.importing.stoppedAt({ line });
    case 'MAPPED_COLUMN_MISSING':
      return headingsFor(failure, mappedOnes(failure));
    default:
      return code satisfies never;
  }
}

const LONGEST_SHOWN = 80;

function mappedOnes({ missing = [] }: FileFailure): Words {
  const named = missing.map((heading) => heading.slice(0, LONGEST_SHOWN));
  return bilingual.importing.expected.mapped({
    headings: inEachLanguage((language) => quoted(named, language)),
  });
}

/** Words the content found in place of headings, and the remedy. */
function headingsFor(failure: FileFailure, otherwise: Words): Words {
  const { line = 1, columns, headingsAt, isPerson } = failure;
  if (headingsAt !== undefined) return bilingual.importing.headingsElsewhere({ line, headingsAt });
  if (isPerson === true) return bilingual.importing.personInstead({ line });
  if (columns === 1) return bilingual.importing.oneColumn({ line, otherwise });
  return bilingual.importing.columnsFound({
    columns: columns ?? bilingual.importing.some,
    line,
    told: inEachLanguage((language) => columnsSentence(failure, language)),
    otherwise,
  });
}

/** The fields that every file of bookings needs, in words. */
export const NEEDED_FIELDS: Readonly<Record<string, Words>> = bilingual.importing.fields;

/** Lists the missing columns and those not understood. */
function columnsSentence({ code, lacking = [], unread }: FileFailure, language: Language): string {
  // The caller named columns: what else there is, is not the point.
  if (code === 'MAPPED_COLUMN_MISSING') return '';
  const missing = lacking.map((field) => NEEDED_FIELDS[field]?.[language] ?? field).join(', ');
  const unknown = quoted((unread?.unknown ?? []).slice(0, MOST_LISTED), language);
  const words = wordsIn(language).importing;
  return [missing && words.missing({ missing }), unknown && words.notUnderstood({ unknown })].join('');
}

const quoted = (headings: readonly string[], language: Language): string =>
  headings.map((heading) => wordsIn(language).importing.heading({ heading })).join(', ');

/** The maximum number of headings in a sentence. */
const MOST_LISTED = 10;
