import { csvLine, mapInSlices, unguarded, type Transaction, type TenantKeys } from '../../platform/index.ts';
import {
  insertRejected,
  readRejected,
  readImportRow,
  type RejectedFacts,
  type RejectedRow,
  type ImportRecord,
  type ImportCounts,
  type ImportTally,
} from './import.repository.ts';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';
import { numberSentence, type NumberReason } from '../../sms/index.ts';

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
export interface GivenBack {
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
