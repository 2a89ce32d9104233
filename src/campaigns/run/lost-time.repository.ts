import { idRows, type Transaction } from '../../platform/index.ts';

/** Campaigns due and not frozen: whom they served in the time which the database has lost, nobody can ask. */
export async function unfrozenCampaigns(tx: Transaction, at: string): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM campaign WHERE tenant_id = ${tx.tenantId}::uuid AND frozen_at IS NULL AND status IN ('scheduled', 'running')
       AND coalesce(start_at <= ${at}::timestamptz, true) ORDER BY id`);
  return rows.map(({ id }) => id);
}
