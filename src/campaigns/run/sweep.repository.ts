import { idRows, type Transaction } from '../../platform/index.ts';

/** Lists the batches of a campaign with ready messages. */
export async function readyBatches(tx: Transaction, campaignId: string): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT b.id FROM batch b JOIN tally t ON t.batch_id = b.id
     WHERE b.campaign_id = ${campaignId}::uuid AND t.state = 'ready' GROUP BY b.id HAVING sum(t.delta) > 0 ORDER BY b.id`);
  return rows.map(({ id }) => id);
}
