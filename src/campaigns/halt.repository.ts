import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** Whether somebody halted this tenant, the account, or the account for this tenant. */
export async function haltOf(tx: Transaction, accountId: string): Promise<boolean> {
  const row = await tx.first(sql<{ halted: boolean }>`
    SELECT t.halted OR g.halted OR EXISTS (SELECT 1 FROM gateway_halt h WHERE h.account_id = g.id AND h.tenant_id = t.id) AS halted
      FROM tenant t CROSS JOIN gateway_account g WHERE t.id = ${tx.tenantId}::uuid AND g.id = ${accountId}::uuid`);
  return row?.halted === true;
}
