import { bilingual, inEachLanguage, wordsIn, type Language, type Words } from '../../words/index.ts';

/** The widest export that was met has some 200; the headings are kept with the import. */
export const MOST_COLUMNS = 1_000;

/** Every way a file of rows can be read not at all, or not to its end. */
export const fileFailures = bilingual.importing.failures;

/** The code of such a failure, part of the contract with callers. */
export type FileFailureCode = keyof typeof fileFailures;

/** Why a file could not be read, and where; nothing of what its cells say. */
export interface FileFailure {
  readonly code: FileFailureCode;
  /** The line of the first row, or of the one that stopped reading. */
  readonly line?: number;
  readonly columns?: number;
  /** A later line, which looks like the headings. */
  readonly headingsAt?: number;
  /** Whether the first row holds a number already. */
  readonly isPerson?: boolean;
  /** Headings that the caller named. */
  readonly missing?: readonly string[];
  /** Fields that no column is known for. */
  readonly lacking?: readonly string[];
  /** The columns, where the first row is one of headings. */
  readonly unread?: UnreadColumns;
}

/** Columns of a file that could not be read: headings, and the shape of the rows below them. */
export interface UnreadColumns {
  readonly headings: readonly string[];
  /** Those that were not understood. */
  readonly unknown: readonly string[];
  /** Letters as x, digits as 9: who stands there is not told. */
  readonly rows: readonly (readonly string[])[];
}

/** What was found, what was expected, and what to do. */
export const failureSentence = (failure: FileFailure, language: Language): string =>
  `${fileFailures[failure.code][language]} ${toldOf(failure)[language]}`;

/** The sentence of an import that failed; one of before has a code alone. */
export function toldFailure(
  { code, facts }: { readonly code: string | null; readonly facts: Omit<FileFailure, 'code'> | undefined },
  language: Language,
): string | null {
  return code !== null && isFailureCode(code) ? failureSentence({ ...facts, code }, language) : null;
}

const isFailureCode = (code: string): code is FileFailureCode => Object.hasOwn(fileFailures, code);

function toldOf(failure: FileFailure): Words {
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

/** What stands where headings should, and what to do about it. */
function headingsFor(failure: FileFailure, otherwise: Words): Words {
  const { line = 1, columns, headingsAt, isPerson } = failure;
  if (headingsAt !== undefined) return bilingual.importing.headingsElsewhere({ line, headingsAt });
  if (isPerson === true) return bilingual.importing.personInstead({ line });
  if (columns === 1) return bilingual.importing.oneColumn({ line, otherwise });
  return bilingual.importing.columnsFound({
    columns: columns ?? bilingual.importing.some,
    line,
    told: inEachLanguage((language) => columnsTold(failure, language)),
    otherwise,
  });
}

/** Fields that every file of bookings needs, in words. */
export const NEEDED_FIELDS: Readonly<Record<string, Words>> = bilingual.importing.fields;

/** What is missing, and what was not understood. */
function columnsTold({ code, lacking = [], unread }: FileFailure, language: Language): string {
  // The caller named columns: what else there is, is not the point.
  if (code === 'MAPPED_COLUMN_MISSING') return '';
  const missing = lacking.map((field) => NEEDED_FIELDS[field]?.[language] ?? field).join(', ');
  const unknown = quoted((unread?.unknown ?? []).slice(0, MOST_TOLD), language);
  const words = wordsIn(language).importing;
  return [missing && words.missing({ missing }), unknown && words.notUnderstood({ unknown })].join('');
}

/** Headings as a sentence names them. */
const quoted = (headings: readonly string[], language: Language): string =>
  headings.map((heading) => wordsIn(language).importing.heading({ heading })).join(', ');

/** So many headings are told in a sentence. */
const MOST_TOLD = 10;
