import type { CsvRow } from '../contacts/csv-reader.ts';
import { repeatsHeadings } from '../contacts/import-table.ts';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import type { Filed } from './filing.ts';
import { readBookingRow, type BookingRules } from './import-row.ts';
import type { BookingProblem } from './import-sentence.ts';
import { apart } from './savepoint.repository.ts';
import type { SeriesKind } from './series.ts';

/** One row on its way to be filed, as its PUT would be. */
export interface RowTaken {
  readonly kind: SeriesKind;
  readonly externalId: string;
  readonly body: unknown;
  readonly source: string;
  readonly actor: string;
  /** Whether a booking that is cancelled is meant to come back. */
  readonly reopen: boolean;
}

/** Files one row; a Refusal is the row's own. */
export type RowTaker = (tx: Transaction, row: RowTaken) => Promise<Filed>;

/** What a row came to under the very checks of its PUT. */
export type RowFiled =
  | { readonly kind: 'filed'; readonly externalId: string; readonly filed: Filed }
  | { readonly kind: 'rejected'; readonly problem: BookingProblem };

/** Files one row of a file; what is refused leaves nothing behind in the caller's transaction. */
export async function fileRow(
  tx: Transaction,
  take: RowTaker,
  given: {
    readonly row: CsvRow;
    readonly rules: BookingRules;
    readonly about: Pick<RowTaken, 'source' | 'actor'>;
  },
): Promise<RowFiled> {
  const { row, rules, about } = given;
  const { source, actor } = about;
  if (row.cells === undefined) return rejected({ code: 'ROW_UNREADABLE', fields: [] });
  if (repeatsHeadings(row.cells, rules.headings)) return rejected({ code: 'HEADER_AGAIN', fields: [] });
  const read = readBookingRow(row.cells, rules);
  if (read.kind === 'unreadable') return rejected(read);
  if (read.externalId === '') return rejected({ code: 'EXTERNAL_ID_MISSING', fields: ['externalId'] });
  const { kind, reopen } = rules;
  return apart<RowFiled>(tx, {
    refused: (cause) => rejected(problemOf(cause)),
    work: async () => {
      const filed = await take(tx, { ...read, kind, source, actor, reopen });
      return { kind: 'filed', externalId: read.externalId, filed };
    },
  });
}

const rejected = (problem: BookingProblem): RowFiled => ({ kind: 'rejected', problem });

/** What a row is refused for; anything else is no fault of the row. */
function problemOf(cause: unknown): BookingProblem {
  if (!(cause instanceof Refusal)) throw cause;
  const fields = (cause.details.errors ?? []).map(({ pointer }) => pointer.replace(/^\//, ''));
  return { code: cause.code, fields };
}

/** What a row that was taken warns of: why nothing will leave. */
export function warningsOf({ series, standing }: Filed): readonly string[] {
  if (series.state === 'cancelled') return ['BOOKING_CANCELLED'];
  return standing.why === null ? [] : [standing.why];
}
