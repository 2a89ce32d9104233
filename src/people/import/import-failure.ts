import { bilingual, inEachLanguage, wordsIn, type Language, type Words } from '../../words/index.ts';

/** The widest known export has some 200 columns; the headings are kept with the import. */
export const MOST_COLUMNS = 1_000;

/** The reasons why a file cannot be read, or not to its end. */
export const fileFailures = bilingual.importing.failures;

export type FileFailureCode = keyof typeof fileFailures;

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
