import { sql } from 'kysely';
import {
  col,
  computedRows,
  type KeyRing,
  placeOfKey,
  type RowOf,
  rowsOf,
  type Transaction,
} from '../../platform/index.ts';

const wrappedRows = computedRows({ version: col.number(), keys: col.number() });

/** Count of keys that a key-encryption key wraps. */
export type Wrapped = RowOf<typeof wrappedRows>;

/** The version in the header of a ciphertext. */
export const sealedVersion = (column: string) =>
  sql.raw(`('x' || encode(substring(${column} from 2 for 4), 'hex'))::bit(32)::int`);

const ofTenant = (tx: Transaction) => sql`tenant_id = ${tx.tenantId}::uuid`;

/** Counts the transaction's tenant's keys, by the version that wraps them. */
export const wrappedOfTenant = (tx: Transaction): Promise<Wrapped[]> =>
  tx.rows(wrappedRows.sql`
    SELECT ${sealedVersion('wrapped')} AS version, count(*)::int AS keys FROM data_key WHERE ${ofTenant(tx)} GROUP BY 1`);

/** Counts the instance's own keys, by the version that wraps them. */
export const wrappedOfInstance = (tx: Transaction): Promise<Wrapped[]> =>
  tx.rows(wrappedRows.sql`
    SELECT ${sealedVersion('wrapped')} AS version, count(*)::int AS keys FROM instance_key GROUP BY 1`);

const rewrapTenantRows = rowsOf('data_key', ['purpose', 'version', 'wrapped']);

/** Rewraps the tenant's keys that another version wraps; returns their number. */
export async function rewrapTenant(tx: Transaction, ring: KeyRing): Promise<number> {
  const rows = await tx.rows(rewrapTenantRows.sql`
    SELECT purpose, version, wrapped FROM data_key
     WHERE ${ofTenant(tx)} AND ${sealedVersion('wrapped')} <> ${ring.current} FOR UPDATE`);
  for (const { purpose, version, wrapped } of rows) {
    const place = placeOfKey(tx.tenantId, purpose);
    await tx.run(sql`
      UPDATE data_key SET wrapped = ${ring.wrap(place, ring.unwrap(place, wrapped))}
       WHERE ${ofTenant(tx)} AND purpose = ${purpose} AND version = ${version}`);
  }
  return rows.length;
}

/** Rewraps the instance's keys that another version wraps; returns their number. */
export async function rewrapInstance(tx: Transaction, ring: KeyRing): Promise<number> {
  const rows = await tx.rows(rewrapTenantRows.sql`
    SELECT purpose, version, wrapped FROM instance_key
     WHERE ${sealedVersion('wrapped')} <> ${ring.current} FOR UPDATE`);
  for (const { purpose, version, wrapped } of rows) {
    const place = placeOfKey('instance', purpose);
    await tx.run(sql`
      UPDATE instance_key SET wrapped = ${ring.wrap(place, ring.unwrap(place, wrapped))}
       WHERE purpose = ${purpose} AND version = ${version}`);
  }
  return rows.length;
}
