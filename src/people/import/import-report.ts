import { z } from 'zod';
import type { Transaction, Plan, PlanReason, Page } from '../../platform/index.ts';
import { csvLine, mapInSlices, unguarded } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { shownFailure, type RowProblem } from '../../reading/index.ts';
import { reasonWords, type Language, bilingual } from '../../words/index.ts';
import {
  readImportRow,
  readImports,
  readReportedWordings,
  type ImportCounts,
  type ImportRecord,
  insertRejected,
  readRejected,
  type RejectedFacts,
  type RejectedRow,
  type ImportTally,
} from './import.repository.ts';

/** An import as the API shows it: its progress and its result. */
export const ImportShown = z
  .object({
    id: z.string(),
    kind: z.string(),
    state: z.enum(['queued', 'reading', 'parked', 'finished', 'failed', 'cancelled']),
    rows: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    duplicates: z.int(),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    withdrawals: z.int(),
    rejectedBy: z.record(z.string(), z.int()),
    warningsBy: z.record(z.string(), z.int()),
    ignoredColumns: z.array(z.string()).readonly(),
    wordings: z
      .array(z.object({ id: z.string(), text: z.string(), rows: z.int(), findings: z.unknown() }))
      .readonly(),
    failure: z.string().nullable(),
    failureDetail: z.string().nullable().meta({
      description: 'Why nothing of it could be read: what was found, what was expected, what to do.',
    }),
    unread: z
      .object({
        headings: z.array(z.string()).readonly(),
        unknown: z.array(z.string()).readonly(),
        lacking: z.array(z.string()).readonly(),
        rows: z.array(z.array(z.string()).readonly()).readonly(),
      })
      .nullable()
      .meta({
        description:
          'The columns of a file that could not be read: all, those not understood, the fields that none is for, and the first rows with letters as x and digits as 9.',
      }),
    progress: z
      .object({
        read: z.number(),
        total: z.number(),
        rowsPerSecond: z.number().nullable(),
        secondsLeft: z.number().nullable(),
      })
      .meta({ description: 'Bytes of text; how fast and how long still, while it is read.' }),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'Import' });

export type ImportReport = z.output<typeof ImportShown>;

/** Reads one import for display; undefined when there is none. */
export async function importReport(
  tx: Transaction,
  id: string,
  language: Language = 'fr',
): Promise<ImportReport | undefined> {
  const record = await readImportRow(tx, id);
  return record && reportView(record, await readReportedWordings(tx, [record]), language);
}

/** Reads a page of imports in order of creation; `next` is the cursor of the following one. */
export async function listImports(
  tx: Transaction,
  page: Page & { readonly language: Language },
): Promise<{ readonly items: readonly ImportReport[]; readonly next: string | null }> {
  const { items, next } = await readImports(tx, page);
  const wordings = await readReportedWordings(tx, items);
  return { items: items.map((record) => reportView(record, wordings, page.language)), next };
}

function reportView(
  record: ImportRecord,
  known: Awaited<ReturnType<typeof readReportedWordings>>,
  language: Language,
): ImportReport {
  const rowsBy = Object.entries(record.report.wordings ?? {});
  const { rejectedBy = {}, warningsBy = {}, ignoredColumns = [], failed } = record.report;
  return {
    id: record.id,
    kind: record.kind,
    rows: record.rows,
    accepted: record.accepted,
    rejected: record.rejected,
    duplicates: record.duplicates,
    created: record.created,
    updated: record.updated,
    unchanged: record.unchanged,
    withdrawals: record.withdrawals,
    state: record.state === 'receiving' ? 'queued' : record.state,
    rejectedBy,
    warningsBy,
    ignoredColumns,
    wordings: rowsBy
      .flatMap(([cited, count]) => {
        const wording = known.get(cited);
        return wording === undefined ? [] : [{ rows: count, ...wording }];
      })
      .toSorted((one, other) => other.rows - one.rows),
    failure: record.failure,
    failureDetail: shownFailure({ code: record.failure, facts: failed }, language),
    unread: failed?.unread === undefined ? null : { ...failed.unread, lacking: failed.lacking ?? [] },
    progress: progressOf(record),
    createdAt: record.createdAt,
    finishedAt: record.finishedAt,
  };
}

function progressOf({ state, bytes, cursor }: ImportRecord): ImportReport['progress'] {
  const read = state === 'finished' ? bytes : (cursor.offset ?? 0);
  const { rowsPerSecond, bytesPerSecond = 0 } = state === 'reading' ? (cursor.pace ?? {}) : {};
  return {
    read,
    total: bytes,
    rowsPerSecond: rowsPerSecond ?? null,
    secondsLeft: bytesPerSecond === 0 ? null : Math.ceil((bytes - read) / bytesPerSecond),
  };
}

/** Returns the plan of a file that is not read to its end: read on; its reason words the progress. */
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

/** How many rows were lost for one reason. */
const RowsLost = z.object({ code: z.string(), rows: z.int(), text: z.string() });

type RowsLost = Readonly<z.output<typeof RowsLost>>;

/** How many rows of a file remain at each step: readable ones with a mobile number, then those with a proof. */
export const RowFunnel = {
  rows: z.int(),
  readable: z.int(),
  proven: z.int(),
  unreadable: z.array(RowsLost).readonly(),
  unproven: z.array(RowsLost).readonly(),
};

/** In a file of people: codes about the row or its number; all others are about agreements. */
const OF_THE_ROW = /^(?:ROW|PHONE|NUMBER|PLACE|TIME_ZONE|CONTACT)_/;

/** In a file of bookings: codes about agreements; all others are about the row. */
const OF_THE_AGREEMENT = /^(?:CONSENT|BASIS|METHOD|PURPOSE|WORDING|PROOF)_/;

/** Warnings on rows that were kept without a proof, as the caller asked for it. */
const KEPT_UNPROVEN =
  /^(?:(?:CONSENT|BASIS)_NOT_PROVEN|(?:METHOD|PURPOSE|BASIS)_UNKNOWN|BASIS_NOT_ALLOWED|WORDING_\w+)$/;

/** Counts from all rows down to those with a proof; the lost ones are counted by code. */
export function rowFunnel(
  { kind, rows, rejectedBy, warningsBy }: Pick<ImportReport, 'kind' | 'rows' | 'rejectedBy' | 'warningsBy'>,
  sentenceOf: (code: string) => string,
) {
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

/** Names the cell in which a rejected row is sealed. */
export const rejectedPlace = (
  importId: string,
  line: number,
): { table: string; column: string; row: string } => ({
  table: 'rejected_row',
  column: 'sealed',
  row: `${importId}/${line}`,
});

/** Stores rejected rows with the sentence of their rejection; of their cells only those of read columns, sealed. */
export async function giveBack(
  tx: Transaction,
  keys: TenantKeys,
  rejected: {
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
  const { importId, at, read } = rejected;
  const kept = (cells: readonly string[]) => cells.map((cell, column) => (read.has(column) ? cell : ''));
  const rows = rejected.rows.map(({ cells, ...row }) => ({
    ...row,
    sealed: keys.seal(rejectedPlace(importId, row.line), JSON.stringify(kept(cells))),
  }));
  await insertRejected(tx, importId, { rows, at });
}

/** Returns the sentence that explains to a reader why a row was rejected. */
export type RowSentence = (
  row: Pick<RejectedRow, 'code' | 'detail' | 'facts'>,
  about: { readonly record: ImportRecord; readonly language: Language },
) => string;

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
  // A spreadsheet recognizes UTF-8 only by this mark.
  yield `\uFEFF${csvLine([...bilingual.importing.rejectedHeads[language], ...(record.cursor.headings ?? [])])}`;
  let after = 0;
  for (;;) {
    const rows = await readRejected(tx, importId, { after, limit: PAGE });
    const lines = await mapInSlices(rows, ({ line, sealed, ...row }) => {
      // `giveBack` sealed a list of cells here.
      const cells = JSON.parse(keys.open(rejectedPlace(importId, line), sealed).toString('utf8')) as string[];
      // A file that we gave back before has guards against formulas already, and `csvLine` adds them again.
      const bare = cells.map(unguarded);
      return csvLine([String(line), row.code, sentenceOf(row, { record, language }), ...bare]);
    });
    yield* lines;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.line;
  }
}

/** What became of a row: accepted, a duplicate of an earlier row, or rejected with its problem. */
export type RowOutcome<P extends { readonly code: string } = RowProblem> = {
  readonly line: number;
  /** The wording of a proven agreement, if the row has one. */
  readonly wordingId: string | undefined;
  /** True when the row is an opt-out. */
  readonly left: boolean;
} & (
  | {
      readonly kind: 'accepted' | 'duplicate';
      /** `nobody` for a suppressed number, which needs no holder. */
      readonly person: 'created' | 'updated' | 'unchanged' | 'nobody';
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'rejected'; readonly problem: P }
);

/** Counts the outcomes of a merge; accepted, rejected and duplicates always add up to the rows. */
export function countsOf(outcomes: readonly RowOutcome<{ readonly code: string }>[]): ImportCounts {
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

/** Returns the report with the outcomes of one more merge added. */
export function tallyAfter(
  before: Partial<ImportTally>,
  outcomes: readonly RowOutcome<{ readonly code: string }>[],
): ImportTally {
  const rejected = outcomes.flatMap((one) => (one.kind === 'rejected' ? [one.problem.code] : []));
  const kept = outcomes.flatMap((one) => (one.kind === 'rejected' ? [] : [one]));
  return {
    rejectedBy: countsWith(before.rejectedBy, rejected),
    warningsBy: countsWith(
      before.warningsBy,
      kept.flatMap(({ warnings }) => distinct(warnings)),
    ),
    wordings: countsWith(
      before.wordings,
      outcomes.flatMap(({ wordingId }) => wordingId ?? []),
      MOST_WORDINGS,
    ),
    ignoredColumns: before.ignoredColumns ?? [],
  };
}

const distinct = (words: readonly string[]): readonly string[] =>
  words.length < 2 ? words : [...new Set(words)];

/** The most wordings in a report, which a file with another one in each row would exceed without end. */
const MOST_WORDINGS = 500;

function countsWith(
  before: Readonly<Record<string, number>> | undefined,
  keys: readonly string[],
  most = Number.POSITIVE_INFINITY,
): Record<string, number> {
  const counts = new Map(Object.entries(before ?? {}));
  for (const key of keys)
    if (counts.has(key) || counts.size < most) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries(counts);
}
