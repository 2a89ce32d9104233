import { sql } from 'kysely';
import { col, computedRows, type RowOf, type Transaction, type Statement } from '../../platform/index.ts';
import { clockColumn } from '../../people/index.ts';

/** A batch that wants to spend, with the epoch of its owner. */
export interface Spender {
  readonly campaignId: string;
  readonly batchId: string;
  readonly epoch: number;
}

const reservedRows = computedRows({
  /** A decimal in the currency of the budget. */
  amount: col.text(),
  /** True when other batches hold money that may still come back. */
  elsewhere: col.flag(),
});

/** A batch's reservation from the budget of its campaign. */
export type Reserved = RowOf<typeof reservedRows>;

const budgetRows = computedRows({ budget: col.of('campaign', 'budget').known() });

/**
 * Reserves up to such an amount for a batch, within the budget. Batches of one campaign ask one after the other;
 * spent and reserved amounts together never exceed the budget.
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

/** Returns an attempt's unspent reservation. */
export async function releaseReserved(tx: Transaction, spender: Spender): Promise<void> {
  await tx.run(sql`
    UPDATE batch SET reserved = 0 WHERE id = ${spender.batchId} AND epoch = ${spender.epoch} AND reserved > 0`);
}

/** The maximum frequency of advertising to one person. */
export interface Cap {
  /** On one calendar day in the person's zone. */
  readonly perDay?: number | null | undefined;
  /** In thirty days. */
  readonly perMonth?: number | null | undefined;
}

/** Locks the cap, so that two campaigns of a tenant do not both take somebody's last place. */
export const capLock = (tenantId: string): Statement => ({
  name: 'mark_cap',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('cap|marketing|' || $1::text, 0))`,
  values: [tenantId],
});

/**
 * True when contact `c` has reached the cap: $26 a day and $27 in thirty, by the law's now, $12, of tenant $9. A
 * failed message does not count; one that may be on its way does.
 */
export const OVER_CAP = `
       WHEN $29::int IS NOT NULL AND ${received(`date_trunc('day', $12::timestamptz, ${clockColumn('c.time_zone')})`)} >= $29::int
         OR $30::int IS NOT NULL AND ${received(`$12::timestamptz - interval '30 days'`)} >= $30::int THEN 'FREQUENCY_CAP'`;

function received(since: string): string {
  return `(SELECT count(*) FROM message f JOIN batch fb ON fb.id = f.batch_id
            WHERE f.tenant_id = $9::uuid AND f.contact_id = c.id AND fb.kind IN ('campaign', 'test') AND fb.purpose = 'marketing'
              AND (f.accepted_at >= ${since} OR f.state IN ('submitting', 'uncertain')))`;
}
