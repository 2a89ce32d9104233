import { tenantIdRows, type Transaction } from '../../platform/index.ts';

/** Whoever sends through an account; asked before a tenant is known. */
export const tenantsOfAccount = async (tx: Transaction, accountId: string): Promise<readonly string[]> =>
  (
    await tx.rows(tenantIdRows.sql`
      SELECT tenant_id AS "tenantId" FROM tenants_of_account(${accountId}::uuid)`)
  ).map(({ tenantId }) => tenantId);
