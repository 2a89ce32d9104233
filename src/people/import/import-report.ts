import {
  type Transaction,
  type Plan,
  type PlanReason,
  type Page,
  csvLine,
  mapInSlices,
  unguarded,
  type TenantKeys,
} from '../../platform/index.ts';
import { numberSentence, type NumberReason } from '../../sms/index.ts';
import { reasonWords, type Language, bilingual, wordsIn } from '../../words/index.ts';
import {
  readImportRow,
  readImports,
  readReportedWordings,
  type ReportedWordings,
  type ImportCounts,
  type ImportKind,
  type ImportRecord,
  insertRejected,
  readRejected,
  type RejectedFacts,
  type RejectedRow,
  type ImportTally,
} from './import.repository.ts';
import { shownFailure, type UnreadColumns } from './reading/import-table.ts';

/** The result and progress of a file. */
export interface ImportReport extends ImportCounts {
  readonly id: string;
  readonly kind: ImportKind;
  readonly state: Exclude<ImportRecord['state'], 'receiving'>;
  readonly rejectedBy: Readonly<Record<string, number>>;
  readonly warningsBy: Readonly<Record<string, number>>;
  readonly ignoredColumns: readonly string[];
  readonly wordings: readonly {
    readonly id: string;
    readonly text: string;
    readonly rows: number;
    readonly findings: unknown;
  }[];
  /** The reason why nothing of it could be read. */
  readonly failure: string | null;
  /** The same in a sentence: finding, expectation, remedy. */
  readonly failureDetail: string | null;
  /** Its columns, where nothing could be read; no personal data. */
  readonly unread: (UnreadColumns & { readonly lacking: readonly string[] }) | null;
  readonly progress: ImportProgress;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** Describes one import for display; undefined when there is none. */
export async function importReport(
  tx: Transaction,
  id: string,
  language: Language = 'fr',
): Promise<ImportReport | undefined> {
  const record = await readImportRow(tx, id);
  return record && reported(record, await readReportedWordings(tx, [record]), language);
}

/** A page of imports in order of creation. */
export async function listImports(
  tx: Transaction,
  page: Page & { readonly language: Language },
): Promise<{ readonly items: readonly ImportReport[]; readonly next: string | null }> {
  const found = await readImports(tx, { limit: page.limit + 1, after: page.after });
  const records = found.slice(0, page.limit);
  const wordings = await readReportedWordings(tx, records);
  const items = records.map((record) => reported(record, wordings, page.language));
  return { items, next: found.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

function reported(record: ImportRecord, known: ReportedWordings, language: Language): ImportReport {
  const rowsBy = Object.entries(record.report.wordings ?? {});
  const { id, kind, rows, accepted, rejected, duplicates, created, updated, unchanged, withdrawals } = record;
  return {
    id,
    kind,
    rows,
    accepted,
    rejected,
    duplicates,
    created,
    updated,
    unchanged,
    withdrawals,
    state: record.state === 'receiving' ? 'queued' : record.state,
    rejectedBy: record.report.rejectedBy ?? {},
    warningsBy: record.report.warningsBy ?? {},
    ignoredColumns: record.report.ignoredColumns ?? [],
    wordings: rowsBy
      .flatMap(([cited, count]) => {
        const wording = known.get(cited);
        return wording === undefined ? [] : [{ rows: count, ...wording }];
      })
      .toSorted((one, other) => other.rows - one.rows),
    failure: record.failure,
    failureDetail: shownFailure({ code: record.failure, facts: record.report.failed }, language),
    unread: unreadOf(record),
    progress: progressOf(record),
    createdAt: record.createdAt,
    finishedAt: record.finishedAt,
  };
}

function unreadOf({ report: { failed } }: ImportRecord): ImportReport['unread'] {
  return failed?.unread === undefined ? null : { ...failed.unread, lacking: failed.lacking ?? [] };
}

/** The progress of reading a file. */
interface ImportProgress {
  /** Bytes of text, read and in all. */
  readonly read: number;
  readonly total: number;
  /** While it is read; null before and after. */
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Computes the progress, rate and remaining time of a file. */
function progressOf({ state, bytes, cursor }: ImportRecord): ImportProgress {
  const read = state === 'finished' ? bytes : (cursor.offset ?? 0);
  const { rowsPerSecond, bytesPerSecond = 0 } = state === 'reading' ? (cursor.pace ?? {}) : {};
  return {
    read,
    total: bytes,
    rowsPerSecond: rowsPerSecond ?? null,
    secondsLeft: bytesPerSecond === 0 ? null : Math.ceil((bytes - read) / bytesPerSecond),
  };
}

/** Plans a file that is not read to its end, with its progress. */
export function readingPlan(record: ImportRecord | undefined): Plan<PlanReason> {
  const { rows = 0, accepted = 0, rejected = 0, duplicates = 0 } = record ?? {};
  const { rowsPerSecond = null, secondsLeft = null } = record === undefined ? {} : progressOf(record);
  const text =
    rowsPerSecond === null || secondsLeft === null
      ? reasonWords('reading')
      : reasonWords('readingPace', { rows, pace: rowsPerSecond, seconds: secondsLeft });
  return {
    kind: 'send',
    because: { code: 'READING', text },
    accounts: { rows, accepted, rejected, duplicates },
  };
}

/** Rows lost for one reason. */
interface RowsLost {
  readonly code: string;
  readonly rows: number;
  readonly text: string;
}

/** The rows of a file that remain at each step. */
interface RowFunnel {
  readonly rows: number;
  /** Readable rows with a mobile number. */
  readonly readable: number;
  /** Rows with a proof of an agreement, or of another basis. */
  readonly proven: number;
  readonly unreadable: readonly RowsLost[];
  readonly unproven: readonly RowsLost[];
}

/** In a file of people: codes about the row or its number; all others are about agreements. */
const OF_THE_ROW = /^(?:ROW|PHONE|NUMBER|PLACE|TIME_ZONE|CONTACT)_/;

/** In a file of bookings: codes about agreements; all others are about the row. */
const OF_THE_AGREEMENT = /^(?:CONSENT|BASIS|METHOD|PURPOSE|WORDING|PROOF)_/;

/** Remarks on rows kept without a proof, where a caller asked for it. */
const KEPT_UNPROVEN =
  /^(?:(?:CONSENT|BASIS)_NOT_PROVEN|(?:METHOD|PURPOSE|BASIS)_UNKNOWN|BASIS_NOT_ALLOWED|WORDING_\w+)$/;

/** Counts from all rows down to those with a proof; the lost ones are counted by code. */
export function rowFunnel(
  { kind, rows, rejectedBy, warningsBy }: Pick<ImportReport, 'kind' | 'rows' | 'rejectedBy' | 'warningsBy'>,
  sentenceOf: (code: string) => string,
): RowFunnel {
  const lossOf = ([code, lost]: readonly [string, number]): RowsLost => ({
    code,
    rows: lost,
    text: sentenceOf(code),
  });
  const rejected = Object.entries(rejectedBy).map(lossOf);
  const kept = Object.entries(warningsBy).filter(([code]) => KEPT_UNPROVEN.test(code));
  const isOfPeople = kind === 'contacts' || kind === 'suppressions';
  const isOfRow = ({ code }: RowsLost): boolean =>
    isOfPeople ? OF_THE_ROW.test(code) : !OF_THE_AGREEMENT.test(code);
  const unreadable = rejected.filter(isOfRow).toSorted(mostFirst);
  const refused = rejected.filter((one) => !isOfRow(one));
  const unproven = [...refused, ...kept.map(lossOf)].toSorted(mostFirst);
  const readable = rows - sum(unreadable);
  return { rows, readable, proven: readable - sum(unproven), unreadable, unproven };
}

const mostFirst = (one: RowsLost, other: RowsLost): number => other.rows - one.rows;

const sum = (all: readonly RowsLost[]): number => all.reduce((total, { rows }) => total + rows, 0);

const PAGE = 500;

/** The place of a rejected row's sealed cells. */
export const rejectedPlace = (
  importId: string,
  line: number,
): { table: string; column: string; row: string } => ({
  table: 'rejected_row',
  column: 'sealed',
  row: `${importId}/${line}`,
});

/** The rejected rows of a merge. */
interface GivenBack {
  readonly importId: string;
  readonly language: Language;
  readonly at: string;
  readonly outcomes: readonly RowOutcome[];
  /** The cells of each line. */
  readonly cells: ReadonlyMap<number, readonly string[]>;
  /** Positions of the columns that are read. */
  readonly read: ReadonlySet<number>;
}

/** Stores rejected rows, sealed, with their reason. */
export async function keepRejected(tx: Transaction, keys: TenantKeys, given: GivenBack): Promise<void> {
  const { importId, language, at, read } = given;
  const rows = given.outcomes.flatMap((outcome) => {
    if (outcome.kind !== 'rejected') return [];
    const { line, problem } = outcome;
    const detail = sentenceFor(problem, language);
    const { code, fields, reason } = problem;
    return [{ line, code, detail, facts: { fields, reason }, cells: given.cells.get(line) ?? [] }];
  });
  await giveBack(tx, keys, { importId, at, rows, read });
}

/** Stores rows with the sentence of their rejection; of their cells the ones that are read, sealed. */
export async function giveBack(
  tx: Transaction,
  keys: TenantKeys,
  given: {
    readonly importId: string;
    readonly at: string;
    /** Positions of the columns that are read: no other column is kept. */
    readonly read: ReadonlySet<number>;
    readonly rows: readonly {
      readonly line: number;
      readonly code: string;
      readonly detail: string;
      readonly facts: RejectedFacts;
      readonly cells: readonly string[];
    }[];
  },
): Promise<void> {
  const { importId, at, read } = given;
  const kept = (cells: readonly string[]) => cells.map((cell, column) => (read.has(column) ? cell : ''));
  const rows = given.rows.map(({ cells, ...row }) => ({
    ...row,
    sealed: keys.seal(rejectedPlace(importId, row.line), JSON.stringify(kept(cells))),
  }));
  await insertRejected(tx, importId, { rows, at });
}

/** Words a row's problem for its reader. */
export type RowSentence = (
  row: Pick<RejectedRow, 'code' | 'detail' | 'facts'>,
  about: { readonly record: ImportRecord; readonly language: Language },
) => string;

const HEADS = bilingual.importing.rejectedHeads;

/** Writes the rejected rows as CSV for a spreadsheet: line, code, sentence, then the file's own columns. */
export async function* rejectedCsv(
  tx: Transaction,
  keys: TenantKeys,
  {
    importId,
    language,
    sentenceOf,
  }: { readonly importId: string; readonly language: Language; readonly sentenceOf: RowSentence },
): AsyncGenerator<string> {
  const record = await readImportRow(tx, importId);
  if (record === undefined) return;
  // A spreadsheet takes UTF-8 for itself only behind this mark.
  yield `\uFEFF${csvLine([...HEADS[language], ...(record.cursor.headings ?? [])])}`;
  let after = 0;
  for (;;) {
    const rows = await readRejected(tx, importId, { after, limit: PAGE });
    const lines = await mapInSlices(rows, ({ line, sealed, ...row }) => {
      // A list of cells was sealed for this place.
      const cells = JSON.parse(keys.open(rejectedPlace(importId, line), sealed).toString('utf8')) as string[];
      // A file that we gave back before has its guards already: they are put once.
      const said = cells.map(unguarded);
      return csvLine([String(line), row.code, sentenceOf(row, { record, language }), ...said]);
    });
    yield* lines;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.line;
  }
}

/** A row that was taken, or rejected with its problem. */
export type RowOutcome<P extends { readonly code: string } = RowProblem> = {
  readonly line: number;
  /** The wording of a proven agreement, if the row has one. */
  readonly wordingId: string | undefined;
  /** True when the row is an opt-out. */
  readonly left: boolean;
} & (
  | {
      readonly kind: 'accepted' | 'duplicate';
      /** Nobody: a suppressed number needs no holder. */
      readonly person: 'created' | 'updated' | 'unchanged' | 'nobody';
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'rejected'; readonly problem: P }
);

/** An outcome with any code. */
type AnyOutcome = RowOutcome<{ readonly code: string }>;

/** Sums the outcomes of a merge; accepted + rejected + duplicates is always rows. */
export function countsOf(outcomes: readonly AnyOutcome[]): ImportCounts {
  const counts = { accepted: 0, rejected: 0, duplicate: 0, created: 0, updated: 0, unchanged: 0, nobody: 0 };
  let withdrawals = 0;
  for (const one of outcomes) {
    counts[one.kind] += 1;
    if (one.kind === 'accepted') counts[one.person] += 1;
    if (one.left) withdrawals += 1;
  }
  const { accepted, rejected, duplicate: duplicates, created, updated, unchanged } = counts;
  return { rows: outcomes.length, accepted, rejected, duplicates, created, updated, unchanged, withdrawals };
}

/** Updates the report with one more merge. */
export function tallyAfter(before: Partial<ImportTally>, outcomes: readonly AnyOutcome[]): ImportTally {
  const rejected = outcomes.flatMap((one) => (one.kind === 'rejected' ? [one.problem.code] : []));
  const kept = outcomes.flatMap((one) => (one.kind === 'rejected' ? [] : [one]));
  return {
    rejectedBy: added(before.rejectedBy, rejected),
    warningsBy: added(
      before.warningsBy,
      kept.flatMap(({ warnings }) => unique(warnings)),
    ),
    wordings: added(
      before.wordings,
      outcomes.flatMap(({ wordingId }) => wordingId ?? []),
      MOST_WORDINGS,
    ),
    ignoredColumns: before.ignoredColumns ?? [],
  };
}

const unique = (words: readonly string[]): readonly string[] =>
  words.length < 2 ? words : [...new Set(words)];

/** Maximum number of wordings in a report: a file with another one in each row would not end otherwise. */
const MOST_WORDINGS = 500;

function added(
  before: Readonly<Record<string, number>> | undefined,
  keys: readonly string[],
  most = Number.POSITIVE_INFINITY,
): Record<string, number> {
  const counts = new Map(Object.entries(before ?? {}));
  for (const key of keys)
    if (counts.has(key) || counts.size < most) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/** The reasons of rejections and remarks, in words for the file's author. */
const SENTENCES = bilingual.importing.rows;

type RowCode = keyof typeof SENTENCES;

/** The fault of one row; `fields` are names of columns, never their content. */
export interface RowProblem {
  readonly code: RowCode;
  /** The reason why a number is no mobile. */
  readonly reason?: NumberReason | undefined;
  readonly fields?: readonly string[] | undefined;
}

/** Says whether a code has a sentence here. */
export const isRowCode = (code: string): code is RowCode => Object.hasOwn(SENTENCES, code);

/** Returns the sentence for one row, without its content. */
export function sentenceFor({ code, reason, fields = [] }: RowProblem, language: Language): string {
  if (reason !== undefined) return numberSentence(reason, language);
  const sentence = SENTENCES[code][language];
  if (fields.length === 0) return /[.)]$/.test(sentence) ? sentence : `${sentence}.`;
  const separator = sentence.endsWith('.') ? ' ' : wordsIn(language).punctuation.colon;
  return `${sentence}${separator}${fields.join(', ')}.`;
}
