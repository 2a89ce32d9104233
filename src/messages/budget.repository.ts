import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** A batch that wants to spend, as the attempt that owns it. */
export interface Spender {
  readonly campaignId: string;
  readonly batchId: string;
  readonly epoch: number;
}

/** What of a campaign's budget one batch may now spend. */
export interface Reserved {
  /** Parts of a message. */
  readonly parts: number;
  /** Whether other batches hold money that may still come back. */
  readonly elsewhere: boolean;
}

/**
 * Reserves up to so many parts for a batch, as far as the budget goes.
 *
 * Batches of one campaign ask one after the other; spent and reserved together never pass the budget.
 */
export async function reserveParts(tx: Transaction, spender: Spender, wanted: number): Promise<Reserved> {
  const campaign = await tx.first(sql<{ budget: string; price: string }>`
    SELECT p.budget, coalesce(b.price, p.price) AS price FROM campaign p JOIN batch b ON b.id = ${spender.batchId}
     WHERE p.id = ${spender.campaignId} AND p.budget IS NOT NULL AND coalesce(b.price, p.price) > 0 FOR NO KEY UPDATE OF p`);
  if (campaign === undefined) return { parts: 0, elsewhere: true };
  const row = await tx.first(sql<{ parts: number; elsewhere: boolean }>`
    WITH used AS (
      SELECT sum(spent + reserved) AS all, sum(reserved) FILTER (WHERE id <> ${spender.batchId}) > 0 AS elsewhere
        FROM batch WHERE campaign_id = ${spender.campaignId})
    UPDATE batch b SET reserved = b.reserved
           + least(${wanted}::numeric, greatest(0, floor((${campaign.budget}::numeric - used.all) / ${campaign.price}::numeric))) * ${campaign.price}::numeric
      FROM used WHERE b.id = ${spender.batchId} AND b.epoch = ${spender.epoch}
    RETURNING ((NEW.reserved - OLD.reserved) / ${campaign.price}::numeric)::int AS parts, coalesce(used.elsewhere, false) AS elsewhere`);
  return row ?? { parts: 0, elsewhere: true };
}

/** Gives back what an attempt reserved and did not spend. */
export async function releaseReserved(tx: Transaction, spender: Spender): Promise<void> {
  await tx.run(sql`
    UPDATE batch SET reserved = 0 WHERE id = ${spender.batchId} AND epoch = ${spender.epoch} AND reserved > 0`);
}
