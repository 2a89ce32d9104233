import type { KeyRing } from '../settings/index.ts';
import { newKeyBytes, type TenantKeys } from '../crypto/index.ts';
import { sql, type RawBuilder } from 'kysely';
import {
  col,
  computedRows,
  placeOfKey,
  rowsOf,
  raiseKeysRevision,
  type Transaction,
} from '../platform/index.ts';

const wrappedRows = computedRows({ version: col.number(), keys: col.number() });

/** SQL for the key version in the header of a ciphertext. */
const sealedVersion = (column: string) =>
  sql.raw(`('x' || encode(substring(${column} from 2 for 4), 'hex'))::bit(32)::int`);

const ofTenant = (tx: Transaction) => sql`tenant_id = ${tx.tenantId}::uuid`;

/** Counts the keys of the transaction's tenant, by the version of the key-encryption key that wraps them. */
export const wrappedOfTenant = (tx: Transaction) =>
  tx.rows(wrappedRows.sql`
    SELECT ${sealedVersion('wrapped')} AS version, count(*)::int AS keys FROM data_key WHERE ${ofTenant(tx)} GROUP BY 1`);

/** Counts the instance's keys, by the version of the key-encryption key that wraps them. */
export const wrappedOfInstance = (tx: Transaction) =>
  tx.rows(wrappedRows.sql`
    SELECT ${sealedVersion('wrapped')} AS version, count(*)::int AS keys FROM instance_key GROUP BY 1`);

const wrappedKeyRows = rowsOf('data_key', ['purpose', 'version', 'wrapped']);

/** Wraps the tenant's keys with the current key-encryption key where another one wraps them; returns their number. */
export const rewrapTenant = (tx: Transaction, ring: KeyRing): Promise<number> =>
  rewrap(tx, ring, { owner: tx.tenantId, table: sql`data_key`, own: ofTenant(tx) });

/** Does the same for the instance's keys. */
export const rewrapInstance = (tx: Transaction, ring: KeyRing): Promise<number> =>
  rewrap(tx, ring, { owner: 'instance', table: sql`instance_key`, own: sql`true` });

async function rewrap(
  tx: Transaction,
  ring: KeyRing,
  of: {
    readonly owner: string;
    readonly table: RawBuilder<unknown>;
    readonly own: RawBuilder<unknown>;
  },
): Promise<number> {
  const { owner, table, own } = of;
  const rows = await tx.rows(wrappedKeyRows.sql`
    SELECT purpose, version, wrapped FROM ${table}
     WHERE ${own} AND ${sealedVersion('wrapped')} <> ${ring.current} FOR UPDATE`);
  for (const { purpose, version, wrapped } of rows) {
    const place = placeOfKey(owner, purpose);
    await tx.run(sql`
      UPDATE ${table} SET wrapped = ${ring.wrap(place, ring.unwrap(place, wrapped))}
       WHERE ${own} AND purpose = ${purpose} AND version = ${version}`);
  }
  return rows.length;
}

/**
 * The purposes for which a tenant gets new keys by itself; keys of the others connect rows, and are not replaced like
 * this.
 */
const RENEWED = ['data', 'archive'] as const;

/** Makes new keys for the transaction's tenant; they come into force once every process has read them. */
export async function announceTenantKeys(tx: Transaction, ring: KeyRing, machineNow: string): Promise<void> {
  for (const purpose of RENEWED) {
    const wrapped = ring.wrap(placeOfKey(tx.tenantId, purpose), newKeyBytes());
    await tx.run(sql`
      INSERT INTO data_key (tenant_id, purpose, version, wrapped, created_at, in_force)
      SELECT ${tx.tenantId}::uuid, ${purpose}, max(version) + 1, ${wrapped}, ${machineNow}, false
        FROM data_key WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = ${purpose} HAVING bool_and(in_force)`);
  }
  await raiseKeysRevision(tx);
}

const versionRows = rowsOf('data_key', ['version']);

/** Makes a new index key for the transaction's tenant, to which its rows are then moved; returns its version. */
export async function announceIndexKey(tx: Transaction, ring: KeyRing, machineNow: string): Promise<number> {
  const wrapped = ring.wrap(placeOfKey(tx.tenantId, 'index'), newKeyBytes());
  const row = await tx.first(versionRows.sql`
    INSERT INTO data_key (tenant_id, purpose, version, wrapped, created_at, in_force)
    SELECT ${tx.tenantId}::uuid, 'index', max(version) + 1, ${wrapped}, ${machineNow}, false
      FROM data_key WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = 'index'
    RETURNING version`);
  return row?.version ?? 0;
}

/** Purposes of which older keys still open and verify, so that they can be replaced. The sandbox keeps its one key. */
const INSTANCE_RENEWED = ['inbox', 'links', 'forms', 'idempotency', 'evidence'] as const;

/** Makes new keys of the instance for all these purposes; returns those for which one was made. */
export async function announceInstanceKeys(
  tx: Transaction,
  ring: KeyRing,
  machineNow: string,
): Promise<readonly string[]> {
  const announced: string[] = [];
  for (const purpose of INSTANCE_RENEWED)
    if (await announceInstanceKey(tx, purpose, { ring, machineNow })) announced.push(purpose);
  await raiseKeysRevision(tx);
  return announced;
}

/** Makes a new key for the payloads that Temporal stores; older keys still open theirs. */
export async function announcePayloadKey(tx: Transaction, ring: KeyRing, machineNow: string): Promise<void> {
  await announceInstanceKey(tx, 'payload', { ring, machineNow });
  await raiseKeysRevision(tx);
}

/** Makes a new key for one purpose; returns false when one is announced already, or the purpose has no key yet. */
async function announceInstanceKey(
  tx: Transaction,
  purpose: string,
  { ring, machineNow }: { readonly ring: KeyRing; readonly machineNow: string },
): Promise<boolean> {
  const wrapped = ring.wrap(placeOfKey('instance', purpose), newKeyBytes());
  const made = await tx.run(sql`
    INSERT INTO instance_key (purpose, version, wrapped, created_at, in_force)
    SELECT ${purpose}, max(version) + 1, ${wrapped}, ${machineNow}, false
      FROM instance_key WHERE purpose = ${purpose} HAVING bool_and(in_force)`);
  return made > 0;
}

/** Puts the tenant's announced keys in force; returns false when there are none. */
export async function enforceTenantKeys(tx: Transaction): Promise<boolean> {
  const touched = await tx.run(sql`
    UPDATE data_key SET in_force = true
     WHERE tenant_id = ${tx.tenantId}::uuid AND NOT in_force AND purpose IN ('data', 'archive')`);
  if (touched > 0) await raiseKeysRevision(tx);
  return touched > 0;
}

/** Puts the instance's announced keys in force; returns false when there are none. */
export async function enforceInstanceKeys(tx: Transaction): Promise<boolean> {
  const touched = await tx.run(sql`UPDATE instance_key SET in_force = true WHERE NOT in_force`);
  if (touched > 0) await raiseKeysRevision(tx);
  return touched > 0;
}

/** A column sealed by the tenant's data key, and the place of its rows. */
interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** SQL for `row` of the ciphertext's place. */
  readonly row: string;
  /** A column with an index that repeats the key version of the ciphertext. */
  readonly versionColumn?: string;
}

/** Every column sealed by the data key, except the audit's, which is never rewritten. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'contact_key', column: 'wrapped', row: 'contact_id::text', versionColumn: 'key_version' },
  { table: 'campaign', column: 'sealed', row: 'id::text' },
  { table: 'practice', column: 'sealed', row: 'id::text' },
  { table: 'reply', column: 'sealed', row: 'inbound_id::text' },
  { table: 'acknowledgement', column: 'sealed', row: `batch_id || '/' || seq` },
  { table: 'import_slice', column: 'sealed', row: `import_id || '/' || position` },
  { table: 'rejected_row', column: 'sealed', row: `import_id || '/' || line` },
  { table: 'webhook_endpoint', column: 'sealed_secret', row: 'id::text' },
  { table: 'webhook_endpoint', column: 'sealed_url', row: 'id::text' },
];

/** Few enough that a transaction is short, and nobody waits long for a row. */
const ROWS_A_BATCH = 500;

const behind = ({ column, versionColumn }: SealedColumn, version: number) =>
  versionColumn === undefined
    ? sql`${sealedVersion(column)} < ${version}`
    : sql`${sql.ref(versionColumn)} < ${version}`;

const rowCountRows = computedRows({ rows: col.number() });

/** Counts the tenant's rows that an older data key seals, by table. */
export async function sealedByOlder(
  tx: Transaction,
  version: number,
): Promise<readonly { readonly table: string; readonly rows: number }[]> {
  const counted = [];
  for (const at of SEALED_COLUMNS) {
    const row = await tx.first(rowCountRows.sql`
      SELECT count(*)::float8 AS rows FROM ${sql.table(at.table)}
       WHERE tenant_id = ${tx.tenantId}::uuid AND ${behind(at, version)}`);
    counted.push({ table: at.table, rows: row?.rows ?? 0 });
  }
  return counted;
}

const sealedCellRows = computedRows({ at: col.text(), row: col.text(), sealed: col.bytes() });

/** Reseals one batch of a column under the data key in force; returns the number of rows. */
export async function resealSome(tx: Transaction, keys: TenantKeys, at: SealedColumn): Promise<number> {
  const { table, column, versionColumn } = at;
  const { version } = keys.current('data');
  const rows = await tx.rows(sealedCellRows.sql`
    SELECT ctid::text AS at, ${sql.raw(at.row)} AS row, ${sql.ref(column)} AS sealed FROM ${sql.table(table)}
     WHERE tenant_id = ${tx.tenantId}::uuid AND ${behind(at, version)}
     LIMIT ${ROWS_A_BATCH} FOR UPDATE SKIP LOCKED`);
  if (rows.length === 0) return 0;
  const sealed = rows.map((one) => {
    const place = { table, column, row: one.row };
    return keys.seal(place, keys.open(place, one.sealed));
  });
  const noted = versionColumn === undefined ? sql`` : sql`, ${sql.ref(versionColumn)} = ${version}`;
  await tx.run(sql`
    UPDATE ${sql.table(table)} t SET ${sql.ref(column)} = r.sealed${noted}
      FROM unnest(${rows.map((one) => one.at)}::text[]::tid[], ${sealed}::bytea[]) AS r(at, sealed)
     WHERE t.ctid = r.at AND t.tenant_id = ${tx.tenantId}::uuid`);
  return rows.length;
}
