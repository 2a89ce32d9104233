import type { Transaction } from '../../platform/index.ts';
import { shownFailure, type UnreadColumns } from './import-failure.ts';
import { progressOf, type ImportProgress } from './import-progress.ts';
import {
  readImportRow,
  readImports,
  readReportedWordings,
  type ImportCounts,
  type ImportKind,
  type ImportRecord,
} from './import.repository.ts';
import type { Language } from '../../words/index.ts';

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
  page: { readonly limit: number; readonly after?: string | undefined; readonly language: Language },
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
