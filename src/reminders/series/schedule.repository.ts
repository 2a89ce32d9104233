import { tenantIdRows, type Transaction } from '../../platform/index.ts';

/** Finds the tenant of a series' id, before a tenant is known. */
export const tenantOfSeries = async (tx: Transaction, seriesId: string): Promise<string | undefined> =>
  (await tx.first(tenantIdRows.sql`SELECT tenant_id AS "tenantId" FROM tenant_of_series(${seriesId}::uuid)`))
    ?.tenantId;
