import { sql } from 'kysely';
import {
  addToWorkflowOutbox,
  col,
  idRows,
  rowsOf,
  type RowOf,
  type Transaction,
} from '../../platform/index.ts';
import { servesHealth, raise } from '../../company/index.ts';
import type { ColumnOptions, ImportField } from './import-heading.ts';
import type { FileFailure } from './import-table.ts';
import type { NumberReason } from '../../sms/index.ts';

/** The kinds of an upload. */
export type ImportKind = 'contacts' | 'suppressions' | 'appointments' | 'subscriptions' | 'payment-plans';

/** A caller's options for reading a file. */
export interface ImportOptions extends ColumnOptions {
  readonly defaults?: Readonly<Partial<Record<ImportField, string>>>;
  /** Words of the caller's own: `borne` → `paper`. */
  readonly values?: Readonly<Record<string, string>>;
  readonly keepUnproven?: boolean;
  /** True when cancelled bookings are reopened. */
  readonly reopen?: boolean;
}

/** The position in a file, and the reading options that its first rows gave. */
export interface ImportCursor {
  readonly offset: number;
  readonly line: number;
  readonly delimiter: string;
  readonly headings: readonly string[];
  readonly monthFirst: readonly number[];
  /** The rate of the last merge. */
  readonly pace?: ImportPace;
  readonly stops?: ReaderStops;
}

/** The lines at which the reader of a file stopped while the cursor was at one place. */
export interface ReaderStops {
  readonly offset: number;
  /** The line of each stop; an earlier version noted none. */
  readonly lines?: readonly number[];
}

/** Rows and bytes per second. */
export interface ImportPace {
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** The additions of a report to the counts of the row. */
export interface ImportTally {
  readonly rejectedBy: Readonly<Record<string, number>>;
  readonly warningsBy: Readonly<Record<string, number>>;
  /** Rows by the id of the wording that they cite. */
  readonly wordings: Readonly<Record<string, number>>;
  readonly ignoredColumns: readonly string[];
}

const importRecordRows = rowsOf('import', [
  'id',
  'source',
  'bytes',
  'slices',
  'rows',
  'accepted',
  'rejected',
  'duplicates',
  'created',
  'updated',
  'unchanged',
  'withdrawals',
  'failure',
  'actor',
  'createdAt',
  'finishedAt',
]).with({
  kind: col.of('import', 'kind').as<ImportKind>(),
  state: col
    .of('import', 'state')
    .as<'receiving' | 'queued' | 'reading' | 'parked' | 'finished' | 'failed' | 'cancelled'>(),
  options: col.of('import', 'options').as<ImportOptions>(),
  cursor: col.of('import', 'cursor').as<Partial<ImportCursor>>(),
  report: col.of('import', 'report').as<Partial<ImportTally> & { readonly failed?: FileFailure }>(),
});

/** An import as stored. */
export type ImportRecord = RowOf<typeof importRecordRows>;

const COLUMNS = sql`
  id, kind, source, state, options, bytes::float8 AS bytes, slices, cursor, rows, accepted, rejected, duplicates, created, updated, unchanged,
  withdrawals, report, failure, actor, iso(created_at) AS "createdAt", iso(finished_at) AS "finishedAt"`;

/** One import that was received whole. */
export async function readImportRow(tx: Transaction, id: string): Promise<ImportRecord | undefined> {
  return tx.first(
    importRecordRows.sql`SELECT ${COLUMNS} FROM import WHERE id = ${id}::uuid AND state <> 'receiving'`,
  );
}

/** One import, held until the transaction ends: two attempts cannot merge the same rows. Rows that name it are no hindrance. */
export async function lockImport(tx: Transaction, id: string): Promise<ImportRecord | undefined> {
  return tx.first(
    importRecordRows.sql`SELECT ${COLUMNS} FROM import WHERE id = ${id}::uuid AND state <> 'receiving' FOR NO KEY UPDATE`,
  );
}

/** Says whether a later list of opt-outs was read to its end and was not empty. */
export async function hasReadLaterSuppressions(tx: Transaction, id: string): Promise<boolean> {
  const row = await tx.first(idRows.sql`
    SELECT id FROM import WHERE tenant_id = ${tx.tenantId}::uuid AND kind = 'suppressions' AND state = 'finished'
       AND rows > rejected AND id > ${id}::uuid LIMIT 1`);
  return row !== undefined;
}

export async function readImports(
  tx: Transaction,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<ImportRecord[]> {
  const from = page.after === undefined ? sql`true` : sql`id > ${page.after}::uuid`;
  return tx.rows(importRecordRows.sql`
    SELECT ${COLUMNS} FROM import WHERE tenant_id = ${tx.tenantId}::uuid AND state <> 'receiving' AND ${from} ORDER BY id LIMIT ${page.limit}`);
}

/** The initial data of an upload. */
export interface NewImport {
  readonly id: string;
  readonly kind: ImportKind;
  readonly source: string;
  readonly options: ImportOptions;
  readonly actor: string;
  readonly simulated: boolean;
  readonly createdAt: string;
  readonly machineMs: number;
}

export async function insertImport(tx: Transaction, made: NewImport): Promise<void> {
  await tx.run(sql`
    INSERT INTO import (id, tenant_id, kind, source, state, options, cursor, actor, simulated, created_at)
    VALUES (${made.id}, ${tx.tenantId}, ${made.kind}, ${made.source}, 'receiving', ${JSON.stringify(made.options)}::jsonb,
      ${JSON.stringify({ touchedMs: made.machineMs })}::jsonb, ${made.actor}, ${made.simulated}, ${made.createdAt})`);
}

export interface NewSlice {
  readonly importId: string;
  readonly position: number;
  readonly sealed: Buffer;
  readonly bytes: number;
  readonly machineMs: number;
}

/** Adds one slice to an upload that goes on. */
export async function insertSlice(tx: Transaction, slice: NewSlice): Promise<void> {
  await tx.run(sql`
    INSERT INTO import_slice (import_id, position, tenant_id, sealed)
    VALUES (${slice.importId}, ${slice.position}, ${tx.tenantId}, ${slice.sealed})`);
  await tx.run(sql`
    UPDATE import SET slices = slices + 1, bytes = bytes + ${slice.bytes}, cursor = ${JSON.stringify({ touchedMs: slice.machineMs })}::jsonb
     WHERE id = ${slice.importId}::uuid`);
}

/** Says that an upload is whole, and asks for it to be read. */
export async function queueImport(tx: Transaction, importId: string, machineMs: number): Promise<void> {
  await tx.run(
    sql`UPDATE import SET state = 'queued', cursor = '{}' WHERE id = ${importId}::uuid AND state = 'receiving'`,
  );
  await askToRead(tx, importId, machineMs);
}

async function askToRead(tx: Transaction, importId: string, machineMs: number): Promise<void> {
  const input = { tenantId: tx.tenantId, importId };
  const workflow = { workflow: 'importContacts', workflowId: `import/${importId}`, input } as const;
  await addToWorkflowOutbox(tx, [{ class: 'start', verb: 'start', ...workflow }], machineMs);
}

/** Removes an upload that was cut short. */
export async function forgetUpload(tx: Transaction, importId: string): Promise<void> {
  await forgetFile(tx, importId);
  await tx.run(sql`DELETE FROM import WHERE id = ${importId}::uuid AND state = 'receiving'`);
}

async function forgetFile(tx: Transaction, importId: string): Promise<void> {
  await tx.run(sql`DELETE FROM import_slice WHERE import_id = ${importId}::uuid`);
}

/** Lists uploads without activity since an instant of the machine clock: their receiver is gone. */
export async function silentUploads(tx: Transaction, sinceMs: number): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM import WHERE state = 'receiving' AND (cursor->>'touchedMs')::float8 < ${sinceMs} LIMIT 100`);
  return rows.map(({ id }) => id);
}

const sealedRows = rowsOf('import_slice', ['sealed']);

export async function readSlice(
  tx: Transaction,
  importId: string,
  position: number,
): Promise<Buffer | undefined> {
  const row = await tx.first(sealedRows.sql`
    SELECT sealed FROM import_slice WHERE import_id = ${importId}::uuid AND position = ${position}`);
  return row?.sealed;
}

/** Keeps how the file is read, once: another attempt that did may be far by now. */
export async function beginReading(
  tx: Transaction,
  importId: string,
  begun: { readonly cursor: ImportCursor; readonly tally: ImportTally },
): Promise<void> {
  await tx.run(sql`
    UPDATE import SET state = 'reading', cursor = ${JSON.stringify(begun.cursor)}::jsonb, report = ${JSON.stringify(begun.tally)}::jsonb
     WHERE id = ${importId}::uuid AND state = 'queued'`);
}

/** The counts that a merge adds. */
export interface ImportCounts {
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly withdrawals: number;
}

/** Moves the cursor with what was merged before it. */
export async function advanceImport(
  tx: Transaction,
  importId: string,
  step: { readonly cursor: ImportCursor; readonly counts: ImportCounts; readonly tally: ImportTally },
): Promise<void> {
  const { counts } = step;
  await tx.run(sql`
    UPDATE import SET cursor = ${JSON.stringify(step.cursor)}::jsonb, report = ${JSON.stringify(step.tally)}::jsonb,
           rows = rows + ${counts.rows}, accepted = accepted + ${counts.accepted}, rejected = rejected + ${counts.rejected},
           duplicates = duplicates + ${counts.duplicates}, created = created + ${counts.created}, updated = updated + ${counts.updated},
           unchanged = unchanged + ${counts.unchanged}, withdrawals = withdrawals + ${counts.withdrawals}
     WHERE id = ${importId}::uuid`);
}

/** Remembers that the reader of a file stopped. */
export async function noteStop(tx: Transaction, importId: string, stops: ReaderStops): Promise<void> {
  await tx.run(sql`
    UPDATE import SET cursor = cursor || ${JSON.stringify({ stops })}::jsonb
     WHERE id = ${importId}::uuid AND state IN ('queued', 'reading')`);
}

/** Parks an import until somebody decides; the uploaded file is no longer kept, since nobody reads it again. */
export async function parkImport(
  tx: Transaction,
  importId: string,
  { failure, at }: { readonly failure: FileFailure; readonly at: string },
): Promise<void> {
  const { code } = failure;
  const parks = await tx.run(sql`
    UPDATE import SET state = 'parked', failure = ${code}, report = report || ${JSON.stringify({ failed: failure })}::jsonb
     WHERE id = ${importId}::uuid AND state IN ('queued', 'reading')`);
  if (parks === 0) return;
  await forgetFile(tx, importId);
  await raise(tx, [{ type: 'import.parked', subject: importId, about: { code, line: failure.line } }], at);
}

/** Ends an import, once; the uploaded file is no longer kept. */
export async function endImport(
  tx: Transaction,
  importId: string,
  end: {
    readonly state: 'finished' | 'failed' | 'cancelled';
    readonly failure?: FileFailure;
    readonly at: string;
  },
): Promise<void> {
  const { code } = end.failure ?? {};
  const report = end.failure === undefined ? {} : { failed: end.failure };
  const ends = await tx.run(sql`
    UPDATE import SET state = ${end.state}, failure = coalesce(${code ?? null}, failure), report = report || ${JSON.stringify(report)}::jsonb,
           finished_at = ${end.at}::timestamptz WHERE id = ${importId}::uuid
       AND (state IN ('queued', 'reading') OR state = 'parked' AND ${end.state} = 'cancelled')`);
  if (ends === 0) return;
  await forgetFile(tx, importId);
  const about = { state: end.state, ...(code === undefined ? {} : { code }) };
  await raise(tx, [{ type: 'import.finished', subject: importId, about }], end.at);
}

const contactIdRows = rowsOf('import_row', ['contactId']);

/** Names the contacts of a file; answers those that it had not named before. */
export async function nameContacts(
  tx: Transaction,
  importId: string,
  named: readonly { readonly contactId: string; readonly line: number }[],
): Promise<ReadonlySet<string>> {
  if (named.length === 0) return new Set();
  const rows = await tx.rows(contactIdRows.sql`
    INSERT INTO import_row (import_id, contact_id, tenant_id, line)
    SELECT ${importId}::uuid, r."contactId", ${tx.tenantId}::uuid, min(r.line)
      FROM jsonb_to_recordset(${JSON.stringify(named)}::jsonb) AS r("contactId" uuid, line int) GROUP BY r."contactId"
    ON CONFLICT DO NOTHING RETURNING contact_id AS "contactId"`);
  return new Set(rows.map(({ contactId }) => contactId));
}

/** The tenant's settings for reading. */
export interface ReaderHome {
  readonly timeZone: string;
  readonly locale: string;
  /** True when people come for their health, so that no reason is kept. */
  readonly servesHealth: boolean;
}

const timeZoneAndLocaleRows = rowsOf('tenant', ['timeZone', 'locale']);

/** The tenant's zone and language. */
export async function readReaderHome(tx: Transaction): Promise<ReaderHome> {
  const home = await tx.first(
    timeZoneAndLocaleRows.sql`
      SELECT time_zone AS "timeZone", locale FROM tenant WHERE id = ${tx.tenantId}::uuid`,
  );
  return { ...(home ?? { timeZone: 'Europe/Paris', locale: 'fr' }), servesHealth: await servesHealth(tx) };
}

const readReportedWordingsRows = rowsOf('wording', ['id', 'text']).with({
  findings: col.of('wording', 'findings'),
});

/** Wordings of a report: their words and what is weak in them. */
export async function readReportedWordings(
  tx: Transaction,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly text: string; readonly findings: unknown }[]> {
  if (ids.length === 0) return [];
  return tx.rows(readReportedWordingsRows.sql`
    SELECT id, text, findings FROM wording WHERE id = ANY(${ids}::uuid[])`);
}

/** The reasons of a rejection: names of columns, never their content. */
export interface RejectedFacts {
  readonly fields?: readonly string[] | undefined;
  readonly reason?: NumberReason | undefined;
}

const rejectedRows = rowsOf('rejected_row', ['line', 'code', 'detail', 'sealed']).with({
  facts: col.of('rejected_row', 'facts').as<RejectedFacts>().orNull(),
});

/** A rejected row. */
export type RejectedRow = RowOf<typeof rejectedRows>;

/** Stores rejected rows. */
export async function insertRejected(
  tx: Transaction,
  importId: string,
  rejected: { readonly rows: readonly RejectedRow[]; readonly at: string },
): Promise<void> {
  if (rejected.rows.length === 0) return;
  const rows = rejected.rows.map(({ sealed, ...row }) => ({
    ...row,
    sealed: `\\x${sealed.toString('hex')}`,
  }));
  await tx.run(sql`
    INSERT INTO rejected_row (import_id, line, tenant_id, code, detail, facts, sealed, rejected_at)
    SELECT ${importId}::uuid, r.line, ${tx.tenantId}::uuid, r.code, r.detail, r.facts, r.sealed, ${rejected.at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(line int, code text, detail text, facts jsonb, sealed bytea)`);
}

export async function readRejected(
  tx: Transaction,
  importId: string,
  page: { readonly after: number; readonly limit: number },
): Promise<RejectedRow[]> {
  return tx.rows(rejectedRows.sql`
    SELECT line, code, detail, facts, sealed FROM rejected_row
     WHERE import_id = ${importId}::uuid AND line > ${page.after} ORDER BY line LIMIT ${page.limit}`);
}

/** Removes rows rejected before an instant; returns their number. */
export async function forgetRejected(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    DELETE FROM rejected_row WHERE (import_id, line) IN (
      SELECT import_id, line FROM rejected_row WHERE rejected_at < ${before}::timestamptz LIMIT 5000)`);
}
