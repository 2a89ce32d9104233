import {
  countsBy,
  countsOfTried,
  firstRows,
  shownColumns,
  textOfHead,
  unreadableRehearsal,
  type ImportRehearsal,
  type TriedRow,
} from '../../people/index.ts';
import type { Clock, Database, Transaction } from '../../platform/index.ts';
import { fileRow, rowWarningsOf, type RowFiled, type RowTaker } from './file-row.ts';
import { bookingFiles, type BookedRow } from './booking-file.ts';
import { bookingRules, type BookingFile } from './import-booking-header.ts';
import type { BookingRules } from './import-row.ts';
import { undone } from '../booking/savepoint.repository.ts';
import type { BookingColumns } from './import-columns.ts';
import type { Language } from '../../words/index.ts';

/** Rows filed and undone together: nobody waits longer for their locks. */
const ROWS = 25;
/** Time limit of a rehearsal in milliseconds; the rows tried until then are returned. */
const MOST_MS = 20_000;

interface RehearsalDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly take: RowTaker;
}

/** The beginning of a file, and its tenant. */
interface Rehearsed extends BookingFile {
  readonly tenantId: string;
  readonly head: Buffer;
  readonly source: string;
  readonly actor: string;
  readonly language: Language;
}

/** Files a thousand rows under the same checks as their PUT, and undoes them; samples are masked. */
export async function rehearseBookings(deps: RehearsalDeps, asked: Rehearsed): Promise<ImportRehearsal> {
  const { kind, options } = asked;
  const file = { tenantId: asked.tenantId, isAsked: true, textFrom: textOfHead(asked.head) };
  const header = await bookingFiles.header(file, { kind, options });
  if (header.kind === 'unreadable') return unreadableRehearsal(header.failure, asked.language);
  const { cursor, ignored } = header;
  const rules = bookingRules({ ...asked, cursor });
  const rows = await firstRows(bookingFiles.rows(file, { kind, options, cursor }));
  const tried = await triedRows(deps, asked, { rows, rules });
  return {
    ...countsOfTried(tried),
    wordings: wordingsIn(rows.slice(0, tried.length), rules),
    columns: shownColumns(
      cursor.headings,
      rows.map(({ row: { cells = [] } }) => cells),
      (at) => fieldAt(rules.columns, at),
    ),
    ignoredColumns: ignored,
    failure: null,
    failureDetail: null,
  };
}

function triedAs(one: RowFiled): TriedRow {
  if (one.kind === 'rejected') return one.problem;
  return { names: one.externalId, warnings: rowWarningsOf(one) };
}

async function triedRows(
  { database, clock, take }: RehearsalDeps,
  { tenantId, source, actor }: Rehearsed,
  { rows, rules }: { readonly rows: readonly BookedRow[]; readonly rules: BookingRules },
): Promise<TriedRow[]> {
  const began = clock.monotonic();
  const tried: TriedRow[] = [];
  const some = async (tx: Transaction, slice: readonly BookedRow[]): Promise<void> => {
    for (const row of slice) {
      tried.push(triedAs(await fileRow(tx, take, { row, rules, about: { source, actor } })));
    }
  };
  while (tried.length < rows.length && clock.monotonic() - began < MOST_MS) {
    const slice = rows.slice(tried.length, tried.length + ROWS);
    await database.withTenant(tenantId, (tx) => undone(tx, () => some(tx, slice)));
  }
  return tried;
}

function wordingsIn(rows: readonly BookedRow[], { columns }: BookingRules): ImportRehearsal['wordings'] {
  const [at] = columns.fields.wording ?? [];
  const texts =
    at === undefined ? [] : rows.flatMap(({ row: { cells = [] } }) => (cells[at] ?? '').trim() || []);
  return Object.entries(countsBy(texts)).map(([text, count]) => ({ text, rows: count }));
}

function fieldAt({ fields, evidence }: BookingColumns, at: number): string | null {
  const [field] = Object.entries(fields).find(([, places]) => places.includes(at)) ?? [];
  const piece = evidence.find((column) => column.at === at);
  return field ?? (piece && `evidence.${piece.name}`) ?? null;
}
