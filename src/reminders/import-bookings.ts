import { csvRows, type CsvPlace, type CsvRow } from '../contacts/csv-reader.ts';
import { delimiterOf } from '../contacts/csv-delimiter.ts';
import { isMonthFirst } from '../contacts/import-date.ts';
import { firstLine } from '../contacts/import-header.ts';
import { countsOf, tallyAfter, type RowOutcome } from '../contacts/import-outcome.ts';
import type { ImportKey, ReadingDeps } from '../contacts/import-reading.ts';
import { giveBack } from '../contacts/import-rejected.ts';
import { textOf } from '../contacts/import-slice.ts';
import { ownWords } from '../contacts/import-word.ts';
import {
  advanceImport,
  beginReading,
  endImport,
  lockImport,
  nameContacts,
  readImportRow,
  readReaderHome,
  type ImportCursor,
  type ImportRecord,
} from '../contacts/import.repository.ts';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/vault.ts';
import { Refusal } from '../errors.ts';
import type { Plan } from '../messages/plan.ts';
import { bookingColumns } from './import-columns.ts';
import { readBookingRow, type BookingRules } from './import-row.ts';
import { bookingSentence, type BookingProblem } from './import-sentence.ts';
import { apart } from './savepoint.repository.ts';
import type { Filed } from './filing.ts';
import type { SeriesKind } from './series.ts';

/** Rows filed in one transaction: each costs some ten milliseconds. */
const ROWS = 25;
const SAMPLE_ROWS = 1_000;
/** An attempt hands over before its activity would be taken from it. */
const ATTEMPT_MS = 4 * 60_000;

/** One row on its way to be filed, as its PUT would be. */
export interface RowTaken {
  readonly kind: SeriesKind;
  readonly externalId: string;
  readonly body: unknown;
  readonly source: string;
  readonly actor: string;
}

/** What files of bookings are read with. */
export interface BookingReadingDeps extends ReadingDeps {
  /** Files one row; a Refusal is the row's own. */
  readonly take: (tx: Transaction, row: RowTaken) => Promise<Filed>;
}

/** What an upload of bookings holds. */
export const BOOKING_IMPORTS = {
  appointments: 'appointment',
  subscriptions: 'subscription',
  'payment-plans': 'payment-plan',
} as const satisfies Record<string, SeriesKind>;

/** Whether an upload holds bookings. */
export const holdsBookings = (kind: string): kind is keyof typeof BOOKING_IMPORTS =>
  Object.hasOwn(BOOKING_IMPORTS, kind);

/** Reads a file of bookings on from its cursor; each row is a PUT of its own, and the cursor moves with it. */
export async function readBookings(deps: BookingReadingDeps, key: ImportKey): Promise<Plan> {
  const keys = await deps.keysOf(key.tenantId);
  const opened = await open(deps, keys, key);
  if (opened === undefined) return over('FINISHED');
  const isWhole = await fileAll(deps, opened);
  if (!isWhole) return { kind: 'send', because: { code: 'READING', text: 'La lecture continue.' } };
  const at = deps.clock.now().toISO();
  await deps.database.withTenant(key.tenantId, (tx) =>
    endImport(tx, key.importId, { state: 'finished', at }),
  );
  deps.told?.({ importId: key.importId, rows: 0, share: 1, isLast: true });
  return over('FINISHED');
}

const over = (code: string): Plan => ({ kind: 'done', because: { code, text: 'Import lu.' } });

interface Opened {
  readonly keys: TenantKeys;
  readonly record: ImportRecord;
  readonly cursor: ImportCursor;
  readonly rules: BookingRules;
  readonly locale: string;
}

async function open(
  deps: BookingReadingDeps,
  keys: TenantKeys,
  { tenantId, importId }: ImportKey,
): Promise<Opened | undefined> {
  const record = await deps.database.withTenant(tenantId, (tx) => readImportRow(tx, importId));
  if (record === undefined || !holdsBookings(record.kind)) return undefined;
  if (record.state === 'finished' || record.state === 'failed') return undefined;
  const kind = BOOKING_IMPORTS[record.kind];
  const cursor = 'offset' in record.cursor ? record.cursor : await begin(deps, { keys, record, kind });
  if (cursor === undefined) return undefined;
  const { locale } = await deps.database.withTenant(tenantId, readReaderHome);
  const rules: BookingRules = {
    kind,
    columns: bookingColumns(kind, cursor.headings ?? [], record.options.mapping),
    monthFirst: cursor.monthFirst ?? [],
    defaults: record.options.defaults ?? {},
    values: ownWords(record.options.values ?? {}),
  };
  // A cursor that has begun holds everything that a header says.
  return { keys, record, cursor: cursor as ImportCursor, rules, locale };
}

/** Reads the header, and enough rows to know how dates were typed; a file without references or numbers fails. */
async function begin(
  { database, clock }: BookingReadingDeps,
  { keys, record, kind }: Pick<Opened, 'keys' | 'record'> & { readonly kind: SeriesKind },
): Promise<ImportCursor | undefined> {
  const textFrom = (offset: number) => textOf({ database, keys, importId: record.id }, offset);
  const delimiter = delimiterOf(await firstLine(textFrom));
  let begun: { headings: readonly string[]; next: CsvPlace } | undefined;
  const monthFirst = new Set<number>();
  let seen = 0;
  for await (const { cells = [], next } of csvRows({ textFrom, delimiter }, { offset: 0, line: 1 })) {
    if (begun === undefined) begun = { headings: cells, next };
    else cells.forEach((cell, at) => isMonthFirst(cell) && monthFirst.add(at));
    seen += 1;
    if (seen > SAMPLE_ROWS) break;
  }
  const columns = bookingColumns(kind, begun?.headings ?? [], record.options.mapping);
  const failure = failureOf(begun === undefined, columns.fields, record.options.defaults ?? {});
  return database.withTenant(keys.tenantId, async (tx) => {
    if (failure !== undefined || begun === undefined) {
      const at = clock.now().toISO();
      await endImport(tx, record.id, { state: 'failed', failure: failure ?? 'FILE_EMPTY', at });
      return undefined;
    }
    const cursor = { ...begun.next, delimiter, headings: begun.headings, monthFirst: [...monthFirst] };
    const tally = { rejectedBy: {}, warningsBy: {}, wordings: {}, ignoredColumns: columns.ignored };
    await beginReading(tx, record.id, { cursor, tally });
    return cursor;
  });
}

function failureOf(isEmpty: boolean, fields: object, defaults: object): string | undefined {
  if (isEmpty) return 'FILE_EMPTY';
  if (!('externalId' in fields)) return 'REFERENCE_COLUMN_MISSING';
  return 'phone' in fields || 'phone' in defaults ? undefined : 'PHONE_COLUMN_MISSING';
}

/** Files some rows at a time; false when it stopped before the end. */
async function fileAll(deps: BookingReadingDeps, opened: Opened): Promise<boolean> {
  const { keys, record } = opened;
  const file = { database: deps.database, keys, importId: record.id };
  const began = deps.clock.monotonic();
  let at = opened.cursor;
  let held: CsvRow[] = [];
  const flush = async (): Promise<boolean> => {
    const cursor = { ...at, ...held.at(-1)?.next };
    if (!(await filed(deps, opened, { rows: held, at, cursor }))) return false;
    const share = cursor.offset / Math.max(1, record.bytes);
    deps.told?.({ importId: record.id, rows: held.length, share, isLast: false });
    [at, held] = [cursor, []];
    return true;
  };
  const textFrom = (offset: number) => textOf(file, offset);
  for await (const row of csvRows({ textFrom, delimiter: at.delimiter }, at)) {
    held.push(row);
    if (held.length < ROWS) continue;
    if (deps.signal?.aborted === true || deps.clock.monotonic() - began > ATTEMPT_MS || !(await flush()))
      return false;
  }
  return deps.signal?.aborted !== true && (held.length === 0 || (await flush()));
}

interface Step {
  readonly rows: readonly CsvRow[];
  readonly at: ImportCursor;
  readonly cursor: ImportCursor;
}

/** One transaction; false when another attempt reads on. */
async function filed(deps: BookingReadingDeps, opened: Opened, step: Step): Promise<boolean> {
  const { keys, locale } = opened;
  return deps.database.withTenant(keys.tenantId, async (tx) => {
    const record = await lockImport(tx, opened.record.id);
    if (record?.state !== 'reading' || record.cursor.offset !== step.at.offset) return false;
    const outcomes: Outcome[] = [];
    for (const row of step.rows) outcomes.push(await outcomeOf(tx, deps, { row, opened }));
    const language = locale.startsWith('en') ? 'en' : 'fr';
    const cells = new Map(step.rows.map((row) => [row.line, row.cells ?? []]));
    const rows = outcomes.flatMap((one) =>
      one.kind === 'rejected'
        ? [
            {
              line: one.line,
              code: one.problem.code,
              detail: bookingSentence(one.problem, language),
              cells: cells.get(one.line) ?? [],
            },
          ]
        : [],
    );
    await giveBack(tx, keys, { importId: record.id, at: deps.clock.now().toISO(), rows });
    await advanceImport(tx, record.id, {
      cursor: step.cursor,
      counts: countsOf(outcomes),
      tally: tallyAfter(record.report, outcomes),
    });
    return true;
  });
}

type Outcome = RowOutcome<BookingProblem>;

const PERSON = { created: 'created', revised: 'updated', unchanged: 'unchanged' } as const;

async function outcomeOf(
  tx: Transaction,
  deps: BookingReadingDeps,
  { row, opened }: { readonly row: CsvRow; readonly opened: Opened },
): Promise<Outcome> {
  const common = { line: row.line, left: false, wordingId: undefined };
  const rejected = (problem: BookingProblem): Outcome => ({ ...common, kind: 'rejected', problem });
  if (row.cells === undefined) return rejected({ code: 'ROW_UNREADABLE', fields: [] });
  const read = readBookingRow(row.cells, opened.rules);
  if (read.kind === 'unreadable') return rejected(read);
  if (read.externalId === '') return rejected({ code: 'EXTERNAL_ID_MISSING', fields: ['externalId'] });
  const { source, actor, id } = opened.record;
  const taken = { ...read, kind: opened.rules.kind, source, actor };
  return apart(tx, {
    refused: (cause) => rejected(problemOf(cause)),
    work: async (): Promise<Outcome> => {
      const { outcome, series, standing } = await deps.take(tx, taken);
      const first = await nameContacts(tx, id, [{ contactId: series.id, line: row.line }]);
      const warnings = standing.why === null ? [] : [standing.why];
      return {
        ...common,
        kind: first.size === 0 ? 'duplicate' : 'accepted',
        person: PERSON[outcome],
        warnings,
      };
    },
  });
}

/** What a row is refused for; anything else is no fault of the row. */
function problemOf(cause: unknown): BookingProblem {
  if (!(cause instanceof Refusal)) throw cause;
  const fields = (cause.details.errors ?? []).map(({ pointer }) => pointer.replace(/^\//, ''));
  return { code: cause.code, fields };
}
