import { sql } from 'kysely';
import {
  type KeyRing,
  newKeyBytes,
  placeOfKey,
  raiseKeysRevision,
  rowsOf,
  type Transaction,
} from '../../platform/index.ts';

/** The purposes for which a tenant gets new keys; the others connect rows and stay. */
const RENEWED = ['data', 'archive'] as const;

/** Makes new keys for the transaction's tenant; they seal once every process has read them. */
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

/** Makes a new index key for the transaction's tenant, to which rows are then moved; returns its version. */
export async function announceIndexKey(tx: Transaction, ring: KeyRing, machineNow: string): Promise<number> {
  const wrapped = ring.wrap(placeOfKey(tx.tenantId, 'index'), newKeyBytes());
  const row = await tx.first(versionRows.sql`
    INSERT INTO data_key (tenant_id, purpose, version, wrapped, created_at, in_force)
    SELECT ${tx.tenantId}::uuid, 'index', max(version) + 1, ${wrapped}, ${machineNow}, false
      FROM data_key WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = 'index'
    RETURNING version`);
  return row?.version ?? 0;
}

/** Keys of the instance with older versions that still open, read and verify. The sandbox has one for good. */
const INSTANCE_RENEWED = ['inbox', 'links', 'forms', 'idempotency', 'evidence'] as const;

/** Makes new keys of the instance for all its uses; returns these. */
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

/** Makes a new key of the instance for payloads of Temporal; older ones still open. */
export async function announcePayloadKey(tx: Transaction, ring: KeyRing, machineNow: string): Promise<void> {
  await announceInstanceKey(tx, 'payload', { ring, machineNow });
  await raiseKeysRevision(tx);
}

/** Returns false when one is announced already, or none was ever made. */
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

/** Puts the tenant's announced keys in force; false when there are none. */
export async function enforceTenantKeys(tx: Transaction): Promise<boolean> {
  const touched = await tx.run(sql`
    UPDATE data_key SET in_force = true
     WHERE tenant_id = ${tx.tenantId}::uuid AND NOT in_force AND purpose IN ('data', 'archive')`);
  if (touched > 0) await raiseKeysRevision(tx);
  return touched > 0;
}

/** Puts announced keys of the instance in force; false when there are none. */
export async function enforceInstanceKeys(tx: Transaction): Promise<boolean> {
  const touched = await tx.run(sql`UPDATE instance_key SET in_force = true WHERE NOT in_force`);
  if (touched > 0) await raiseKeysRevision(tx);
  return touched > 0;
}
