import { idRows, type Transaction } from '../../platform/index.ts';

/** Lists campaigns due and not frozen: the people they served in the time which the database has lost are unknown. */
export async function unfrozenCampaigns(tx: Transaction, at: string): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM campaign WHERE tenant_id = ${tx.tenantId}::uuid AND frozen_at IS NULL AND status IN ('scheduled', 'running')
       AND coalesce(start_at <= ${at}::timestamptz, true) ORDER BY id`);
  return rows.map(({ id }) => id);
}
