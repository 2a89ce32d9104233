import { sql } from 'kysely';
import { newKeyBytes } from './cipher.ts';
import type { Transaction } from './connection.ts';
import { raiseKeysRevision } from './key-process.repository.ts';
import type { KeyRing } from './key-ring.ts';
import { placeOfKey } from './vault.ts';

/** What new keys of a tenant are made for; the others tie rows together and stay. */
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

/** Makes a new key of the instance for what goes to Temporal; older ones still open. */
export async function announcePayloadKey(tx: Transaction, ring: KeyRing, machineNow: string): Promise<void> {
  const wrapped = ring.wrap(placeOfKey('instance', 'payload'), newKeyBytes());
  await tx.run(sql`
    INSERT INTO instance_key (purpose, version, wrapped, created_at, in_force)
    SELECT 'payload', coalesce(max(version), 0) + 1, ${wrapped}, ${machineNow}, max(version) IS NULL
      FROM instance_key WHERE purpose = 'payload' HAVING coalesce(bool_and(in_force), true)`);
  await raiseKeysRevision(tx);
}

/** Puts the announced keys of the transaction's tenant in force; false when there are none. */
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
