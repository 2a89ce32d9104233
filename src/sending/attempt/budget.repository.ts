import { sql } from 'kysely';
import { col, computedRows, type RowOf, type Transaction } from '../../platform/index.ts';

/** A batch that wants to spend, as the attempt that owns it. */
export interface Spender {
  readonly campaignId: string;
  readonly batchId: string;
  readonly epoch: number;
}

const reservedRows = computedRows({
  /** A decimal in the currency of the budget. */
  amount: col.text(),
  /** Whether other batches hold money that may still come back. */
  elsewhere: col.flag(),
});

/** What of a campaign's budget one batch may now spend. */
export type Reserved = RowOf<typeof reservedRows>;

const budgetRows = computedRows({ budget: col.of('campaign', 'budget').known() });

/**
 * Reserves up to such an amount for a batch, as far as the budget goes.
 *
 * Batches of one campaign ask one after the other; spent and reserved together never pass the budget.
 */
export async function reserve(tx: Transaction, spender: Spender, wanted: string): Promise<Reserved> {
  const campaign = await tx.first(budgetRows.sql`
    SELECT budget FROM campaign WHERE id = ${spender.campaignId} AND budget IS NOT NULL FOR NO KEY UPDATE`);
  if (campaign === undefined) return { amount: '0', elsewhere: true };
  const row = await tx.first(reservedRows.sql`
    WITH used AS (
      SELECT sum(spent + reserved) AS all, sum(reserved) FILTER (WHERE id <> ${spender.batchId}) > 0 AS elsewhere
        FROM batch WHERE campaign_id = ${spender.campaignId})
    UPDATE batch b SET reserved = b.reserved + least(${wanted}::numeric, greatest(0, ${campaign.budget}::numeric - used.all))
      FROM used WHERE b.id = ${spender.batchId} AND b.epoch = ${spender.epoch}
    RETURNING (NEW.reserved - OLD.reserved)::text AS amount, coalesce(used.elsewhere, false) AS elsewhere`);
  return row ?? { amount: '0', elsewhere: true };
}

/** Gives back what an attempt reserved and did not spend. */
export async function releaseReserved(tx: Transaction, spender: Spender): Promise<void> {
  await tx.run(sql`
    UPDATE batch SET reserved = 0 WHERE id = ${spender.batchId} AND epoch = ${spender.epoch} AND reserved > 0`);
}
