import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const carryingRows = rowsOf('gateway_account', ['name']).with({
  /** True when a price is configured for every territory it carries. */
  isPriced: col.flag(),
});

/** An account other than its own that carries part of a campaign, or will in some territory. */
export type Carrying = RowOf<typeof carryingRows>;

/** Lists accounts that carry part of a campaign instead of its own. */
export const accountsCarrying = (tx: Transaction, campaignId: string): Promise<Carrying[]> =>
  tx.rows(carryingRows.sql`
    WITH carried AS (
      SELECT account_id, price FROM batch WHERE campaign_id = ${campaignId}
      UNION SELECT (there ->> 'accountId')::uuid, (there ->> 'price')::numeric
        FROM campaign, jsonb_each(route -> 'byTerritory') AS t (territory, there) WHERE id = ${campaignId})
    SELECT g.name, bool_and(carried.price IS NOT NULL) AS "isPriced"
      FROM carried JOIN gateway_account g ON g.id = carried.account_id JOIN campaign c ON c.id = ${campaignId}
     WHERE carried.account_id <> c.account_id GROUP BY g.name ORDER BY g.name`);
