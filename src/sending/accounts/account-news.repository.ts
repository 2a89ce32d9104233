import { tenantIdRows, type Transaction } from '../../platform/index.ts';

/** Lists the tenants that send through an account, before a tenant is known. */
export const sendingTenantsOf = async (tx: Transaction, accountId: string): Promise<readonly string[]> =>
  (
    await tx.rows(tenantIdRows.sql`
      SELECT tenant_id AS "tenantId" FROM tenants_of_account(${accountId}::uuid)`)
  ).map(({ tenantId }) => tenantId);
