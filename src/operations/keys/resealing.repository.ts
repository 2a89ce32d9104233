import { sql } from 'kysely';
import { col, computedRows, type TenantKeys, type Transaction } from '../../platform/index.ts';
import { sealedVersion } from './key-wrapping.repository.ts';

/** A column sealed by the tenant's data key, and the place of its rows. */
interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** SQL of the place's row. */
  readonly row: string;
  /** A column that repeats the version, where there is an index on it. */
  readonly versionColumn?: string;
}

/** Every column under the data key, except the audit, which is never rewritten. */
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

/** Transactions stay short, and nobody waits long for a row. */
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

const resealSomeRows = computedRows({ at: col.text(), row: col.text(), sealed: col.bytes() });

/** Reseals one batch of a column under the data key in force; returns the number of rows. */
export async function resealSome(tx: Transaction, keys: TenantKeys, at: SealedColumn): Promise<number> {
  const { table, column, versionColumn } = at;
  const { version } = keys.current('data');
  const rows = await tx.rows(resealSomeRows.sql`
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
