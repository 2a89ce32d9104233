import type { Transaction, Plan, PlanReason, Page } from '../../platform/index.ts';
import { shownFailure, type UnreadColumns } from './reading/import-table.ts';
import {
  readImportRow,
  readImports,
  readReportedWordings,
  type ImportCounts,
  type ImportKind,
  type ImportRecord,
} from './import.repository.ts';
import { reasonWords, type Language } from '../../words/index.ts';

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
  return record && reported(tx, record, language);
}

/** A page of imports in order of creation. */
export async function listImports(
  tx: Transaction,
  page: Page & { readonly language: Language },
): Promise<{ readonly items: readonly ImportReport[]; readonly next: string | null }> {
  const found = await readImports(tx, { limit: page.limit + 1, after: page.after });
  const items: ImportReport[] = [];
  for (const record of found.slice(0, page.limit)) items.push(await reported(tx, record, page.language));
  return { items, next: found.length > page.limit ? (items.at(-1)?.id ?? null) : null };
}

async function reported(tx: Transaction, record: ImportRecord, language: Language): Promise<ImportReport> {
  const rowsBy = record.report.wordings ?? {};
  const wordings = await readReportedWordings(tx, Object.keys(rowsBy));
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
    wordings: wordings
      .map((wording) => Object.assign({ rows: rowsBy[wording.id] ?? 0 }, wording))
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
