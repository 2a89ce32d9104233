import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** Why nothing of this tenant may be marked on the account: the seal, or somebody's halt. */
export async function haltOf(tx: Transaction, accountId: string): Promise<'SEALED' | 'HALTED' | undefined> {
  const row = await tx.first(sql<{ code: 'SEALED' | 'HALTED' | null }>`
    SELECT CASE WHEN i.sealed THEN 'SEALED'
                WHEN t.halted OR g.halted OR EXISTS (SELECT 1 FROM gateway_halt h WHERE h.account_id = g.id AND h.tenant_id = t.id) THEN 'HALTED' END AS code
      FROM tenant t CROSS JOIN gateway_account g CROSS JOIN instance i WHERE t.id = ${tx.tenantId}::uuid AND g.id = ${accountId}::uuid`);
  return row?.code ?? undefined;
}
