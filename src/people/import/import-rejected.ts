import { type Transaction, type TenantKeys, csvLine, unguarded } from '../../platform/index.ts';
import {
  insertRejected,
  readRejected,
  type RejectedFacts,
  type RejectedRow,
} from './import-rejected.repository.ts';
import type { RowOutcome } from './import-outcome.ts';
import { sentenceFor } from './import-sentence.ts';
import { readImportRow, type ImportRecord } from './import.repository.ts';
import { bilingual, type Language } from '../../words/index.ts';

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
    for (const { line, sealed, ...row } of rows) {
      // A list of cells was sealed for this place.
      const cells = JSON.parse(keys.open(rejectedPlace(importId, line), sealed).toString('utf8')) as string[];
      // A file that we gave back before has its guards already: they are put once.
      const said = cells.map(unguarded);
      yield csvLine([String(line), row.code, sentenceOf(row, { record, language }), ...said]);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.line;
  }
}
