import { sql, type RawBuilder } from 'kysely';
import { col, computedRows, rowsOf, stretchLock, type RowOf, type Transaction } from '../platform/index.ts';

/**
 * Rows of a table in one stretch: few enough to delay nobody long, and enough that many numbers need few
 * transactions.
 */
const ROWS_A_STRETCH = 200;
const ROWS_A_BATCH = 500;
const DIGEST_BYTES = 32;

const comingIndexRows = rowsOf('data_key', ['version', 'reached']);

/** An index key that is not in force yet, with the progress of the move to it. */
export type ComingIndex = RowOf<typeof comingIndexRows>;

/**
 * Returns the index key to which the rows of the transaction's tenant are being moved; undefined when there is none.
 */
export const comingIndex = (tx: Transaction): Promise<ComingIndex | undefined> =>
  tx.first(comingIndexRows.sql`
    SELECT version, reached FROM data_key
     WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = 'index' AND NOT in_force`);

/**
 * Keeps every other transaction of the tenant waiting until this one ends; throws when it cannot within `patienceMs`.
 */
export async function keepOthersOut(tx: Transaction, patienceMs: number): Promise<void> {
  // Ranges are read by index even when the statistics lag behind a changing table.
  await tx.run(sql`
    SELECT set_config('lock_timeout', ${`${patienceMs}ms`}, true), set_config('enable_seqscan', 'off', true),
           set_config('enable_bitmapscan', 'off', true), set_config('jit', 'off', true)`);
  await tx.run(sql`SELECT pg_advisory_xact_lock(${stretchLock(tx.tenantId)})`);
}

const lateRows = computedRows({ late: col.flag() });

/**
 * Says whether a transaction may still be open that began before indexes moved, and so does not share the lock. Running
 * processes have reported that theirs have ended; a process that was stopped in the middle of one has not.
 */
export async function isSomebodyLate(tx: Transaction): Promise<boolean> {
  const row = await tx.first(lateRows.sql`
    SELECT EXISTS (SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
        AND xact_start < clock_timestamp() - interval '8 seconds') AS late`);
  return row?.late ?? true;
}

const held = ({ held: condition }: BlindColumn): RawBuilder<unknown> =>
  condition === undefined ? sql`` : sql`AND ${sql.raw(condition)}`;

/** SQL for the rows that are not moved yet: past the reached index, and without the coming version in front. */
const waiting = ({ column }: BlindColumn, { version, reached }: ComingIndex): RawBuilder<unknown> =>
  version === 2
    ? sql`${sql.ref(column)} > ${reached}`
    : sql`${sql.ref(column)} > ${reached} AND ${sql.ref(column)} < ${headOf(version)}`;

function headOf(version: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(version);
  return head;
}

const union = (parts: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  sql.join(parts, sql` UNION ALL `);

const markRows = computedRows({ mark: col.bytes() });

/** Returns the last index of the next stretch; undefined when the next stretch is the last. */
export async function endOfStretch(tx: Transaction, coming: ComingIndex): Promise<Buffer | undefined> {
  const marks = STRETCH_COLUMNS.map(
    (at) => sql`(SELECT ${sql.ref(at.column)} AS mark FROM ${sql.table(at.table)}
      WHERE tenant_id = ${tx.tenantId}::uuid AND ${waiting(at, coming)} ${held(at)}
      ORDER BY tenant_id, ${sql.ref(at.column)} OFFSET ${ROWS_A_STRETCH - 1} LIMIT 1)`,
  );
  const row = await tx.first(markRows.sql`
    SELECT mark FROM (${union(marks)}) marks ORDER BY mark LIMIT 1`);
  return row?.mark;
}

const keptRows = computedRows({ kept: col.bytes() });

/** Reads every index of the stretch up to `until`, or of the last one. */
export async function indexesIn(
  tx: Transaction,
  coming: ComingIndex,
  until: Buffer | undefined,
): Promise<Buffer[]> {
  const found = STRETCH_COLUMNS.map(
    (at) => sql`SELECT ${sql.ref(at.column)} AS kept FROM ${sql.table(at.table)}
      WHERE tenant_id = ${tx.tenantId}::uuid AND ${waiting(at, coming)} ${held(at)}
        ${until === undefined ? sql`` : sql`AND ${sql.ref(at.column)} <= ${until}`}`,
  );
  const rows = await tx.rows(keptRows.sql`SELECT DISTINCT kept FROM (${union(found)}) found`);
  return rows.map(({ kept }) => kept);
}

const rowCountRows = computedRows({ rows: col.number() });

/** Gives every row with an index `from` the index `to`, in one statement; returns the number of rows. */
export async function carryRows(
  tx: Transaction,
  pairs: readonly { readonly from: Buffer; readonly to: Buffer }[],
): Promise<number> {
  if (pairs.length === 0) return 0;
  const steps = columnsByTable().map(
    ([table, columns], place) =>
      sql`${sql.ref(`s${place}`)} AS (${carryTable(tx, table, columns)} RETURNING 1)`,
  );
  const counts = steps.map((_, place) => sql`SELECT count(*) AS rows FROM ${sql.table(`s${place}`)}`);
  const row = await tx.first(rowCountRows.sql`
    WITH pair AS MATERIALIZED (
      SELECT * FROM unnest(${pairs.map(({ from }) => from)}::bytea[], ${pairs.map(({ to }) => to)}::bytea[]) AS p(was, becomes)),
    ${sql.join(steps, sql`, `)}
    SELECT sum(rows)::int AS rows FROM (${union(counts)}) counts`);
  return row?.rows ?? 0;
}

/** Groups columns by table: a statement writes a row once, however many indexes it has. */
const columnsByTable = (): [string, readonly BlindColumn[]][] => [
  ...Map.groupBy(STRETCH_COLUMNS, ({ table }) => table),
];

const becomes = (column: string): RawBuilder<unknown> =>
  sql`(SELECT becomes FROM pair WHERE was = t.${sql.ref(column)})`;

function carryTable(tx: Transaction, table: string, columns: readonly BlindColumn[]): RawBuilder<unknown> {
  const sets = columns.map(
    ({ column }) => sql`${sql.ref(column)} = coalesce(${becomes(column)}, t.${sql.ref(column)})`,
  );
  const touched = columns.map(({ column }) => sql`t.${sql.ref(column)} = ANY (ARRAY (SELECT was FROM pair))`);
  return sql`UPDATE ${sql.table(table)} t SET ${sql.join(sets)}
    WHERE t.tenant_id = ${tx.tenantId}::uuid AND (${sql.join(touched, sql` OR `)})`;
}

/** Stores how far the move has come. */
export async function noteReached(tx: Transaction, { version }: ComingIndex, reached: Buffer): Promise<void> {
  await tx.run(sql`
    UPDATE data_key SET reached = ${reached}
     WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = 'index' AND version = ${version}`);
}

/** Puts the coming key in force. */
export async function enforceIndex(tx: Transaction, { version }: ComingIndex): Promise<void> {
  await tx.run(sql`
    UPDATE data_key SET in_force = true, reached = ''
     WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = 'index' AND version = ${version}`);
}

const ofOlder = ({ column }: BlindColumn, version: number): RawBuilder<unknown> => {
  const at = sql.ref(column);
  return sql`(octet_length(${at}) = ${DIGEST_BYTES} OR ${at} < ${headOf(version)})`;
};

const stragglerCountRows = computedRows({ at: col.text(), rows: col.number() });

/** Counts rows of the transaction's tenant with an index of an older version, by column. */
export async function indexedByOlder(
  tx: Transaction,
  version: number,
): Promise<readonly { readonly at: string; readonly rows: number }[]> {
  if (version === 1) return [];
  const counts = BLIND_COLUMNS.map(
    (
      at,
    ) => sql`SELECT ${`${at.table}.${at.column}`}::text AS at, count(*)::float8 AS rows FROM ${sql.table(at.table)}
      WHERE tenant_id = ${tx.tenantId}::uuid AND ${ofOlder(at, version)} ${held(at)}`,
  );
  return (await tx.rows(stragglerCountRows.sql`${union(counts)}`)).filter(({ rows }) => rows > 0);
}

const stragglerRows = computedRows({ at: col.text(), kept: col.bytes() });

/** Moves one batch of a column's rows that still have an older index; returns their number. */
export async function carryStragglers(
  tx: Transaction,
  at: BlindColumn,
  newest: { readonly version: number; readonly carried: (kept: Buffer) => Buffer },
): Promise<number> {
  const { table, column } = at;
  const rows = await tx.rows(stragglerRows.sql`
    SELECT ctid::text AS at, ${sql.ref(column)} AS kept FROM ${sql.table(table)}
     WHERE tenant_id = ${tx.tenantId}::uuid AND ${ofOlder(at, newest.version)} ${held(at)}
     LIMIT ${ROWS_A_BATCH} FOR UPDATE SKIP LOCKED`);
  if (rows.length === 0) return 0;
  return tx.run(sql`
    UPDATE ${sql.table(table)} t SET ${sql.ref(column)} = r.becomes
      FROM unnest(${rows.map((row) => row.at)}::text[]::tid[], ${rows.map(({ kept }) => newest.carried(kept))}::bytea[]) AS r(at, becomes)
     WHERE t.ctid = r.at AND t.tenant_id = ${tx.tenantId}::uuid`);
}

interface BlindColumn {
  readonly table: string;
  readonly column: string;
  /** SQL that is true for rows with an index, where those without have something other than NULL. */
  readonly held?: string;
}

/**
 * Columns in which rows are looked up by a computed index, or joined on it: all rows of one number are moved together.
 * Each column has a database index on tenant and column, by which the rows of a stretch are found.
 */
export const STRETCH_COLUMNS: readonly BlindColumn[] = [
  { table: 'contact', column: 'phone_index' },
  { table: 'suppression', column: 'phone_index' },
  { table: 'acknowledgement', column: 'phone_index' },
  { table: 'form_answer', column: 'phone_index' },
  { table: 'form_code', column: 'phone_index' },
  { table: 'erasure', column: 'phone_index' },
  { table: 'acceptance', column: 'recipient', held: `recipient <> ''` },
  // The series of an erased person has an empty `sealed`.
  { table: 'reminder_series', column: 'external_index', held: `sealed <> ''` },
  { table: 'cancelled_booking', column: 'external_index' },
  { table: 'practice', column: 'external_index' },
  { table: 'practice', column: 'name_index' },
];

/** Columns whose rows are moved later, one by one: many rows share an index, and readers look up every layer of it. */
const LOOSE_COLUMNS: readonly BlindColumn[] = [
  { table: 'reminder_series', column: 'practice_index' },
  { table: 'reminder_series', column: 'person_index' },
];

export const BLIND_COLUMNS: readonly BlindColumn[] = [...STRETCH_COLUMNS, ...LOOSE_COLUMNS];
