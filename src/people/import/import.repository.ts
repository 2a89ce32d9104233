import { sql } from 'kysely';
import {
  addToWorkflowOutbox,
  anyOf,
  BEFORE_ALL,
  idRows,
  type Page,
  pageOf,
  query,
  type ResultOf,
  rowsOf,
  type Transaction,
} from '../../platform/index.ts';
import { servesHealth, raise } from '../../company/index.ts';
import type {
  FileFailure,
  ImportCursor,
  ImportKind,
  ImportOptions,
  ReaderHome,
} from '../../reading/index.ts';
import type { NumberReason } from '../../sms/index.ts';

/** The counts of a report by code and wording, which the columns of the import do not have. */
export interface ImportTally {
  readonly rejectedBy: Readonly<Record<string, number>>;
  readonly warningsBy: Readonly<Record<string, number>>;
  /** Rows by the id of the wording that they cite. */
  readonly wordings: Readonly<Record<string, number>>;
  readonly ignoredColumns: readonly string[];
}

const received = query
  .selectFrom('import')
  .select(['id', 'kind', 'source', 'state', 'options', 'bytes', 'slices', 'cursor', 'rows', 'accepted'])
  .select(['rejected', 'duplicates', 'created', 'updated', 'unchanged', 'withdrawals', 'report', 'failure'])
  .select(['actor', 'createdAt', 'finishedAt'])
  .where('state', '<>', 'receiving')
  .$narrowType<{
    kind: ImportKind;
    state: 'receiving' | 'queued' | 'reading' | 'parked' | 'finished' | 'failed' | 'cancelled';
    options: ImportOptions;
    cursor: Partial<ImportCursor>;
    report: Partial<ImportTally> & { readonly failed?: FileFailure };
  }>();

/** A stored import whose upload is complete. */
export type ImportRecord = ResultOf<typeof received>;

/** Reads one import whose upload is complete. */
export async function readImportRow(tx: Transaction, id: string): Promise<ImportRecord | undefined> {
  return tx.first(received.where('id', '=', id));
}

/**
 * Reads one import and locks it until the transaction ends, so that two attempts cannot merge the same rows. The lock
 * does not block inserts of rows that refer to the import.
 */
export async function lockImport(tx: Transaction, id: string): Promise<ImportRecord | undefined> {
  return tx.first(received.where('id', '=', id).forNoKeyUpdate());
}

/** Says whether a later list of opt-outs was read to its end and was not empty. */
export async function hasReadLaterSuppressions(tx: Transaction, id: string): Promise<boolean> {
  const row = await tx.first(idRows.sql`
    SELECT id FROM import WHERE tenant_id = ${tx.tenantId}::uuid AND kind = 'suppressions' AND state = 'finished'
       AND rows > rejected AND id > ${id}::uuid LIMIT 1`);
  return row !== undefined;
}

/** Reads a page of imports in order of creation. */
export async function readImports(
  tx: Transaction,
  { after = BEFORE_ALL, limit }: Page,
): Promise<{ readonly items: readonly ImportRecord[]; readonly next: string | null }> {
  const own = received.where('tenantId', '=', tx.tenantId).where('id', '>', after);
  return pageOf(await tx.rows(own.orderBy('id').limit(limit + 1)), limit);
}

export async function insertImport(
  tx: Transaction,
  made: Pick<ImportRecord, 'id' | 'kind' | 'source' | 'options' | 'actor' | 'createdAt'> & {
    readonly simulated: boolean;
    readonly machineMs: number;
  },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO import (id, tenant_id, kind, source, state, options, cursor, actor, simulated, created_at)
    VALUES (${made.id}, ${tx.tenantId}, ${made.kind}, ${made.source}, 'receiving', ${JSON.stringify(made.options)}::jsonb,
      ${JSON.stringify({ touchedMs: made.machineMs })}::jsonb, ${made.actor}, ${made.simulated}, ${made.createdAt})`);
}

export async function insertSlice(
  tx: Transaction,
  slice: {
    readonly importId: string;
    readonly position: number;
    readonly sealed: Buffer;
    readonly bytes: number;
    readonly machineMs: number;
  },
): Promise<void> {
  const { importId, position, sealed } = slice;
  const kept = { importId, position, sealed, tenantId: tx.tenantId };
  await tx.run(query.insertInto('import_slice').values(kept));
  await tx.run(sql`
    UPDATE import SET slices = slices + 1, bytes = bytes + ${slice.bytes}, cursor = ${JSON.stringify({ touchedMs: slice.machineMs })}::jsonb
     WHERE id = ${importId}::uuid`);
}

/** Marks an upload as complete, and starts the workflow that reads it. */
export async function queueImport(tx: Transaction, importId: string, machineMs: number): Promise<void> {
  const whole = query.updateTable('import').where('id', '=', importId).where('state', '=', 'receiving');
  await tx.run(whole.set({ state: 'queued', cursor: '{}' }));
  const input = { tenantId: tx.tenantId, importId };
  const workflow = { workflow: 'importContacts', workflowId: `import/${importId}`, input } as const;
  await addToWorkflowOutbox(tx, [{ class: 'start', verb: 'start', ...workflow }], machineMs);
}

/** Removes an upload that was interrupted. */
export async function forgetUpload(tx: Transaction, importId: string): Promise<void> {
  await forgetFile(tx, importId);
  await tx.run(query.deleteFrom('import').where('id', '=', importId).where('state', '=', 'receiving'));
}

async function forgetFile(tx: Transaction, importId: string): Promise<void> {
  await tx.run(query.deleteFrom('import_slice').where('importId', '=', importId));
}

/** Lists uploads without activity since an instant of the machine clock: their receiver is gone. */
export async function silentUploads(tx: Transaction, sinceMs: number): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM import WHERE state = 'receiving' AND (cursor->>'touchedMs')::float8 < ${sinceMs} LIMIT 100`);
  return rows.map(({ id }) => id);
}

export async function readSlice(
  tx: Transaction,
  importId: string,
  position: number,
): Promise<Buffer | undefined> {
  const slices = query.selectFrom('import_slice').select('sealed').where('importId', '=', importId);
  return (await tx.first(slices.where('position', '=', position)))?.sealed;
}

/** Stores how the file is read, unless another attempt did: that one may have read far by now. */
export async function beginReading(
  tx: Transaction,
  importId: string,
  begun: { readonly cursor: ImportCursor; readonly tally: ImportTally },
): Promise<void> {
  const [cursor, report] = [JSON.stringify(begun.cursor), JSON.stringify(begun.tally)];
  const queued = query.updateTable('import').where('id', '=', importId).where('state', '=', 'queued');
  await tx.run(queued.set({ state: 'reading', cursor, report }));
}

export type ImportCounts = Pick<
  ImportRecord,
  'rows' | 'accepted' | 'rejected' | 'duplicates' | 'created' | 'updated' | 'unchanged' | 'withdrawals'
>;

/** Moves the cursor, and adds the counts of the rows that were merged before it. */
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

export async function noteStop(
  tx: Transaction,
  importId: string,
  stops: ImportCursor['stops'],
): Promise<void> {
  await tx.run(sql`
    UPDATE import SET cursor = cursor || ${JSON.stringify({ stops })}::jsonb
     WHERE id = ${importId}::uuid AND state IN ('queued', 'reading')`);
}

/** Parks an import until somebody cancels it; the uploaded file is removed, since nobody reads it again. */
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

/** Ends an import, once, and removes the uploaded file. */
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

/** Notes the contacts that a file names; returns those that none of its earlier rows named. */
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

/** Reads the tenant's zone and language, and whether it serves health. */
export async function readReaderHome(tx: Transaction): Promise<ReaderHome> {
  const own = query.selectFrom('tenant').select(['timeZone', 'locale']).where('id', '=', tx.tenantId);
  const home = await tx.first(own);
  return { ...(home ?? { timeZone: 'Europe/Paris', locale: 'fr' }), servesHealth: await servesHealth(tx) };
}

const reportedWordings = query.selectFrom('wording').select(['id', 'text', 'findings']);

/** Reads the wordings that the reports of some imports count, by id. */
export async function readReportedWordings(
  tx: Transaction,
  records: readonly ImportRecord[],
): Promise<ReadonlyMap<string, ResultOf<typeof reportedWordings>>> {
  const ids = new Set(records.flatMap(({ report }) => Object.keys(report.wordings ?? {})));
  if (ids.size === 0) return new Map();
  const rows = await tx.rows(reportedWordings.where('id', '=', anyOf([...ids], 'uuid')));
  return new Map(rows.map((wording) => [wording.id, wording]));
}

/** Why a row was rejected: fields that it lacks or has wrong, never their content. */
export interface RejectedFacts {
  readonly fields?: readonly string[] | undefined;
  readonly reason?: NumberReason | undefined;
}

const rejectedRows = query
  .selectFrom('rejected_row')
  .select(['line', 'code', 'detail', 'facts', 'sealed'])
  .$narrowType<{ facts: RejectedFacts | null }>();

/** A rejected row of an import, with its encrypted cells. */
export type RejectedRow = ResultOf<typeof rejectedRows>;

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
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<RejectedRow[]> {
  const rest = rejectedRows.where('importId', '=', importId).where('line', '>', after);
  return tx.rows(rest.orderBy('line').limit(limit));
}

/** Removes rows that were rejected before an ISO instant, at most 5,000; returns their number. */
export async function forgetRejected(tx: Transaction, before: string): Promise<number> {
  return tx.run(sql`
    DELETE FROM rejected_row WHERE (import_id, line) IN (
      SELECT import_id, line FROM rejected_row WHERE rejected_at < ${before}::timestamptz LIMIT 5000)`);
}
