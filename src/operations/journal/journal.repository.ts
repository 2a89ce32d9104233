import { sql } from 'kysely';
import { idRows, type Transaction } from '../../platform/index.ts';

/** Finds the contact of a number in the transaction's tenant, by its blind index. */
export async function numberHolderOf(tx: Transaction, phoneIndex: Buffer): Promise<string | undefined> {
  const row = await tx.first(idRows.sql`
    SELECT id FROM contact WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND retired_at IS NULL`);
  return row?.id;
}

/** Says whether the transaction's tenant exists: an older database may lack it. */
export async function isTenantKnown(tx: Transaction): Promise<boolean> {
  return (await tx.first(sql`SELECT id FROM tenant WHERE id = ${tx.tenantId}::uuid`)) !== undefined;
}
