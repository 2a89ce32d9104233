import { csvRows, delimiterOf, type CsvPlace, type CsvRow, type TextFrom } from '../base/index.ts';
import { headingIn, longestCell } from './import-heading.ts';
import { bilingual, inEachLanguage, wordsIn, type Language, type Words } from '../words/index.ts';

/** Rows of an unreadable file that are shown, by the shape of their cells. */
const MOST_ROWS = 3;
const MOST_HEADINGS = 30;
const LONGEST_HEADING = 60;
const LONGEST_CELL = 24;

/** The first row of a file, and the rows below it. */
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

/** Why a file cannot be read. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly failure: FileFailure;
}

const START: CsvPlace = { offset: 0, line: 1 };

/** Reads the first row of a file; the caller reads the rows of the table, or closes them. */
export async function openTable(
  textFrom: TextFrom,
  reads?: (line: number) => void,
): Promise<FileTable | Unreadable> {
  const first = await firstLine(textFrom);
  const declared = SEPARATOR.exec(first)?.[1];
  const delimiter = declared ?? delimiterOf(first);
  const rows = csvRows({ textFrom, delimiter, reads }, START);
  const before = declared === undefined ? undefined : await rows.next();
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

/** Matches a first line that is for spreadsheets: it names the delimiter, and is no row. */
const SEPARATOR = /^sep=(.)\r?$/i;

const unreadable = (failure: FileFailure): Unreadable => ({ kind: 'unreadable', failure });

/** Returns why a row cannot be the first one, whatever it contains. */
function failureOf({ cells, line }: CsvRow): FileFailure | undefined {
  if (cells === undefined) return { code: 'HEADER_UNREADABLE', line };
  return cells.length > MOST_COLUMNS ? { code: 'TOO_MANY_COLUMNS', line, columns: cells.length } : undefined;
}

/** Rows below the first one in which headings are looked for: titles and dates come before them in some exports. */
const LINES_ABOVE = 20;

/** Builds the failure of a table whose first row has not the needed headings; `unknown` were not understood. */
export async function withoutHeading(
  {
    unknown = [],
    ...failure
  }: Pick<FileFailure, 'code' | 'missing' | 'lacking'> & { readonly unknown?: readonly string[] },
  table: FileTable,
  hasHeadings: (cells: readonly string[]) => boolean,
): Promise<Unreadable> {
  const { headings, line } = table;
  const { headingsAt, below } = await findBelow(table, hasHeadings);
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

/** Finds the line below the first row that has the needed headings; returns it, or the first rows. */
async function findBelow({ rows }: FileTable, hasHeadings: (cells: readonly string[]) => boolean) {
  let seen = 0;
  const below: (readonly string[])[] = [];
  for await (const { cells = [], line } of rows) {
    const row = (cells.length === 1 ? splitCell(cells) : cells).map(headingIn);
    if (row.length <= MOST_COLUMNS && hasHeadings(row)) return { headingsAt: line, below };
    if (below.length < MOST_ROWS) below.push(cells);
    seen += 1;
    if (seen >= LINES_ABOVE) break;
  }
  return { headingsAt: undefined, below };
}

/** Splits a row by its own delimiter, which the title above it did not show. */
const splitCell = ([cell = '']: readonly string[]): readonly string[] => cell.split(delimiterOf(cell));

/** Says whether a cell is a phone number rather than a heading. */
export const isNumber = (cell: string): boolean =>
  cell.length <= longestCell('phone') && /^[\s'"+().\d-]*$/.test(cell) && /(?:\d\D*){9}/.test(cell);

/** Says whether a row repeats the headings, as in concatenated files, which keep their byte order marks too. */
export const repeatsHeadings = (cells: readonly string[], headings: readonly string[]): boolean =>
  headings.length > 0 &&
  headings.every((heading, at) => plain(headingIn(cells[at] ?? '')) === plain(heading));

const plain = (cell: string): string => cell.replaceAll('"', '').trim();

/** Bytes in which the first line must end to be a header. */
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

/** Masks the content of a cell: letters become x, digits 9. */
const shapeOf = (cell: string): string =>
  cell
    .trim()
    .slice(0, LONGEST_CELL)
    .replaceAll(/\p{Lu}/gu, 'X')
    .replaceAll(/[\p{L}\p{M}]/gu, (letter) => (letter === 'X' ? letter : 'x'))
    .replaceAll(/\p{N}/gu, '9')
    .replaceAll(/[^\p{P}\p{Zs}\p{Sc}+Xx9]/gu, '·');

/** Says whether a cell may be content: a day, a street and an amount have two digits, a heading has not. */
const mayBeContent = (cell: string): boolean => /\d\D?\d/.test(cell);

const shortened = (headings: readonly string[]): readonly string[] =>
  headings.slice(0, MOST_HEADINGS).map((heading) => heading.trim().slice(0, LONGEST_HEADING));

/** Describes the columns of an unreadable file; undefined when its first row may hold personal data. */
function unreadColumns(
  headings: readonly string[],
  found: { readonly unknown: readonly string[]; readonly rows: readonly (readonly string[])[] },
): UnreadColumns | undefined {
  if (headings.length < 2 || headings.some(mayBeContent)) return undefined;
  return {
    headings: shortened(headings),
    unknown: shortened(found.unknown),
    rows: found.rows.map((cells) => cells.slice(0, MOST_HEADINGS).map(shapeOf)),
  };
}

/** The most columns of a file; the widest known export has some 200, and the headings are stored with the import. */
export const MOST_COLUMNS = 1_000;

/** The sentences of the reasons why a file cannot be read, or not to its end. */
export const fileFailures = bilingual.importing.failures;

type FileFailureCode = keyof typeof fileFailures;

/** Why and where reading failed, without the content of cells. */
export interface FileFailure {
  readonly code: FileFailureCode;
  /** The line of the first row, or of the one at which reading stopped. */
  readonly line?: number;
  readonly columns?: number;
  /** A later line that looks like the headings. */
  readonly headingsAt?: number;
  /** True when the first row already holds a number. */
  readonly isPerson?: boolean;
  /** Headings of the caller's mapping that the file lacks. */
  readonly missing?: readonly string[];
  /** Needed fields for which no column was found. */
  readonly lacking?: readonly string[];
  /** The columns, where the first row looks like headings. */
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

/** Writes what was found, what was expected, and what to do. */
export const failureSentence = (failure: FileFailure, language: Language): string =>
  `${fileFailures[failure.code][language]} ${wordsOfFailure(failure)[language]}`;

/** Writes the failure of an import, of which earlier versions stored only the code; null for no failure. */
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
      return headingsFor(failure, mappedHeadings(failure));
    default:
      return code satisfies never;
  }
}

const LONGEST_SHOWN = 80;

function mappedHeadings({ missing = [] }: FileFailure): Words {
  const named = missing.map((heading) => heading.slice(0, LONGEST_SHOWN));
  return bilingual.importing.expected.mapped({
    headings: inEachLanguage((language) => quoted(named, language)),
  });
}

/** Writes what was found in place of the headings, and what to do. */
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

/** The words for the fields that every file of bookings needs. */
export const NEEDED_FIELDS: Readonly<Record<string, Words>> = bilingual.importing.fields;

/** Writes which columns are missing and which were not understood. */
function columnsSentence({ code, lacking = [], unread }: FileFailure, language: Language): string {
  // When columns of the caller's mapping are missing, the others do not matter.
  if (code === 'MAPPED_COLUMN_MISSING') return '';
  const missing = lacking.map((field) => NEEDED_FIELDS[field]?.[language] ?? field).join(', ');
  const unknown = quoted((unread?.unknown ?? []).slice(0, MOST_LISTED), language);
  const words = wordsIn(language).importing;
  return [missing && words.missing({ missing }), unknown && words.notUnderstood({ unknown })].join('');
}

const quoted = (headings: readonly string[], language: Language): string =>
  headings.map((heading) => wordsIn(language).importing.heading({ heading })).join(', ');

/** The most headings in a sentence. */
const MOST_LISTED = 10;
