import {
  countsOf,
  tallyAfter,
  isBegun,
  isOpen,
  keepHeader,
  parkedWhenStopped,
  giveBack,
  textOf,
  advanceImport,
  endImport,
  lockImport,
  nameContacts,
  readImportRow,
  readReaderHome,
  countsBy,
  countsOfTried,
  firstRows,
  shownColumns,
  textOfHead,
  unreadableRehearsal,
  type RowOutcome,
  type ImportKey,
  type ReadingDeps,
  type ImportRecord,
  type ImportRehearsal,
  type TriedRow,
  FileReaders,
} from '../../people/index.ts';
import { positionsOf, type ImportCursor } from '../../reading/index.ts';
import type { Transaction, Plan, PlanReason } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import {
  fileRow,
  rowWarningsOf,
  bookingSentence,
  type RowTaker,
  type BookingProblem,
  type RowFiled,
} from './file-row.ts';
import { bookingRules, type BookedRow, type BookingOrder, type BookingFile } from './booking-file.ts';
import type { BookingRules } from './import-row.ts';
import type { SeriesKind } from '../series/series.ts';
import { languageOf, reasonWords, type Language } from '../../words/index.ts';
import { undone } from '../booking/booking.repository.ts';
import type { BookingColumns } from './import-columns.ts';

/** The readers of files of bookings, each in a thread of its own. */
export const bookingFiles = new FileReaders<BookingFile | BookingOrder, BookedRow>(
  new URL('booking-file-thread.ts', import.meta.url),
);

/** Rows filed in one transaction: each costs some ten milliseconds. */
const ROWS = 25;

/** An attempt hands over after so long, so that the next file that waits for a place has its turn. */
const ATTEMPT_MS = 60_000;

/** The dependencies of reading files of bookings. */
export interface BookingReadingDeps extends ReadingDeps {
  /** Files one row; a Refusal concerns the row alone. */
  readonly take: RowTaker;
}

/** The kinds of booking uploads. */
export const BOOKING_IMPORTS = {
  appointments: 'appointment',
  subscriptions: 'subscription',
  'payment-plans': 'payment-plan',
} as const satisfies Record<string, SeriesKind>;

/** Says whether an upload holds bookings. */
export const holdsBookings = (kind: string): kind is keyof typeof BOOKING_IMPORTS =>
  Object.hasOwn(BOOKING_IMPORTS, kind);

/** Reads a file of bookings on from its cursor; each row is a PUT of its own, and the cursor moves with it. */
export const readBookings = (deps: BookingReadingDeps, key: ImportKey): Promise<Plan<PlanReason>> =>
  parkedWhenStopped(deps, key, () => readFrom(deps, key));

async function readFrom(deps: BookingReadingDeps, key: ImportKey): Promise<Plan<PlanReason>> {
  const keys = await deps.keysOf(key.tenantId);
  const opened = await open(deps, keys, key);
  if (opened === undefined) return over('FINISHED');
  const isWhole = await fileAll(deps, opened);
  if (!isWhole) return { kind: 'send', because: { code: 'READING', text: reasonWords('reading') } };
  const at = deps.clock.now().toISO();
  await deps.database.withTenant(key.tenantId, (tx) =>
    endImport(tx, key.importId, { state: 'finished', at }),
  );
  deps.onStep?.({ importId: key.importId, rows: 0, share: 1, isLast: true });
  return over('FINISHED');
}

const over = (code: string): Plan<PlanReason> => ({
  kind: 'done',
  because: { code, text: reasonWords('fileRead') },
});

interface Opened {
  readonly keys: TenantKeys;
  readonly record: ImportRecord;
  readonly order: BookingOrder;
  readonly rules: BookingRules;
  readonly locale: string;
}

/** Opens an import at its cursor, or at its header; a file without references or numbers fails. */
async function open(
  deps: BookingReadingDeps,
  keys: TenantKeys,
  { tenantId, importId }: ImportKey,
): Promise<Opened | undefined> {
  const { database, clock } = deps;
  const record = await database.withTenant(tenantId, (tx) => readImportRow(tx, importId));
  if (record === undefined || !holdsBookings(record.kind) || !isOpen(record)) return undefined;
  const kind = BOOKING_IMPORTS[record.kind];
  const { cursor, options } = record;
  if (isBegun(cursor)) {
    const { locale } = await database.withTenant(tenantId, readReaderHome);
    const order = { kind, cursor, options };
    return { keys, record, order, rules: bookingRules(order), locale };
  }
  const textFrom = (offset: number) => textOf({ database, keys, importId }, offset);
  const header = await bookingFiles.header({ tenantId, textFrom, signal: deps.signal }, { kind, options });
  await database.withTenant(tenantId, (tx) => keepHeader(tx, importId, { header, at: clock.now().toISO() }));
  return open(deps, keys, { tenantId, importId });
}

/** Files groups of rows; false when it stopped before the end. */
async function fileAll(deps: BookingReadingDeps, opened: Opened): Promise<boolean> {
  const { keys, record } = opened;
  const file = { database: deps.database, keys, importId: record.id };
  const began = deps.clock.monotonic();
  let at = opened.order.cursor;
  let held: BookedRow[] = [];
  const flush = async (): Promise<boolean> => {
    const cursor = { ...at, ...held.at(-1)?.row.next };
    if (!(await filed(deps, opened, { rows: held, at, cursor }))) return false;
    const share = cursor.offset / Math.max(1, record.bytes);
    deps.onStep?.({ importId: record.id, rows: held.length, share, isLast: false });
    [at, held] = [cursor, []];
    return true;
  };
  const textFrom = (offset: number) => textOf(file, offset);
  const source = { tenantId: keys.tenantId, textFrom, signal: deps.signal };
  for await (const page of bookingFiles.rows(source, opened.order))
    for (const row of page) {
      held.push(row);
      if (held.length < ROWS) continue;
      if (deps.signal?.aborted === true || deps.clock.monotonic() - began > ATTEMPT_MS || !(await flush()))
        return false;
    }
  return deps.signal?.aborted !== true && (held.length === 0 || (await flush()));
}

/** Files one group in one transaction; false when another attempt reads on. */
async function filed(
  deps: BookingReadingDeps,
  opened: Opened,
  step: { readonly rows: readonly BookedRow[]; readonly at: ImportCursor; readonly cursor: ImportCursor },
): Promise<boolean> {
  const { keys, locale } = opened;
  return deps.database.withTenant(keys.tenantId, async (tx) => {
    const record = await lockImport(tx, opened.record.id);
    if (record?.state !== 'reading' || record.cursor.offset !== step.at.offset) return false;
    const outcomes: RowOutcome<BookingProblem>[] = [];
    for (const row of step.rows) outcomes.push(await outcomeOf(tx, deps, { row, opened }));
    const language = languageOf(locale);
    const cells = new Map(step.rows.map(({ row }) => [row.line, row.cells ?? []]));
    const rows = outcomes.flatMap((one) =>
      one.kind === 'rejected'
        ? [
            {
              line: one.line,
              code: one.problem.code,
              detail: bookingSentence(one.problem, language),
              facts: { fields: one.problem.fields },
              cells: cells.get(one.line) ?? [],
            },
          ]
        : [],
    );
    const read = positionsOf(opened.rules.columns);
    await giveBack(tx, keys, { importId: record.id, at: deps.clock.now().toISO(), rows, read });
    await advanceImport(tx, record.id, {
      cursor: step.cursor,
      counts: countsOf(outcomes),
      tally: tallyAfter(record.report, outcomes),
    });
    return true;
  });
}

const PERSON = { created: 'created', revised: 'updated', unchanged: 'unchanged' } as const;

async function outcomeOf(
  tx: Transaction,
  { take }: BookingReadingDeps,
  { row, opened }: { readonly row: BookedRow; readonly opened: Opened },
): Promise<RowOutcome<BookingProblem>> {
  const { line } = row.row;
  const common = { line, left: false, wordingId: undefined };
  const { record, rules } = opened;
  const one = await fileRow(tx, take, { row, rules, about: record });
  if (one.kind === 'rejected') return { ...common, ...one };
  if (one.kind === 'calledOff')
    return { ...common, kind: 'accepted', person: 'nobody', warnings: rowWarningsOf(one) };
  const { outcome, series } = one.filed;
  const first = await nameContacts(tx, record.id, [{ contactId: series.id, line }]);
  return {
    ...common,
    kind: first.size === 0 ? 'duplicate' : 'accepted',
    person: PERSON[outcome],
    warnings: rowWarningsOf(one),
  };
}

/** Rows filed and undone in one transaction, so that nobody waits long for their locks. */
const ROWS_TRIED = 25;

/** Time limit of a rehearsal in milliseconds; the rows tried until then are returned. */
const MOST_MS = 20_000;

/** The beginning of a file, and its tenant. */
interface Rehearsed extends BookingFile {
  readonly tenantId: string;
  readonly head: Buffer;
  readonly source: string;
  readonly actor: string;
  readonly language: Language;
}

/** Files a thousand rows under the same checks as their PUT, and undoes them; samples are masked. */
export async function rehearseBookings(
  deps: Pick<BookingReadingDeps, 'database' | 'clock' | 'take'>,
  asked: Rehearsed,
): Promise<ImportRehearsal> {
  const { kind, options } = asked;
  const file = { tenantId: asked.tenantId, textFrom: textOfHead(asked.head) };
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
  { database, clock, take }: Pick<BookingReadingDeps, 'database' | 'clock' | 'take'>,
  { tenantId, source, actor }: Rehearsed,
  { rows, rules }: { readonly rows: readonly BookedRow[]; readonly rules: BookingRules },
): Promise<TriedRow[]> {
  const began = clock.monotonic();
  const tried: TriedRow[] = [];
  const fileSlice = async (tx: Transaction, slice: readonly BookedRow[]): Promise<void> => {
    for (const row of slice) {
      tried.push(triedAs(await fileRow(tx, take, { row, rules, about: { source, actor } })));
    }
  };
  while (tried.length < rows.length && clock.monotonic() - began < MOST_MS) {
    const slice = rows.slice(tried.length, tried.length + ROWS_TRIED);
    await database.withTenant(tenantId, (tx) => undone(tx, () => fileSlice(tx, slice)));
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
