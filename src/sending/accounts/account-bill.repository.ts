import { sql } from 'kysely';
import { col, rowsOf, type Transaction } from '../../platform/index.ts';
import type { AccountBill } from './bills.ts';

/** Adds to the counts of all workers of that day; older counts than a season are removed. */
export async function addBills(tx: Transaction, bills: readonly AccountBill[]): Promise<void> {
  if (bills.length === 0) return;
  await tx.run(sql`
    INSERT INTO account_bill AS b (account_id, counted_on, messages, parts_ours, parts_told, cost_ours, cost_told)
    SELECT r."accountId", (clock_timestamp() AT TIME ZONE 'UTC')::date, r.messages, r."partsOurs", r."partsReported",
           r."costOurs" / 1000000, r."costReported" / 1000000
      FROM jsonb_to_recordset(${JSON.stringify(bills)}::jsonb)
        AS r("accountId" uuid, messages bigint, "partsOurs" bigint, "partsReported" bigint, "costOurs" numeric, "costReported" numeric)
     ORDER BY 1
    ON CONFLICT (account_id, counted_on) DO UPDATE SET messages = b.messages + excluded.messages,
      parts_ours = b.parts_ours + excluded.parts_ours, parts_told = b.parts_told + excluded.parts_told,
      cost_ours = b.cost_ours + excluded.cost_ours, cost_told = b.cost_told + excluded.cost_told`);
  await tx.run(
    sql`DELETE FROM account_bill WHERE counted_on < (clock_timestamp() AT TIME ZONE 'UTC')::date - 90`,
  );
}

const recentBillsRows = rowsOf('gateway_account', ['name']).with({
  accountId: col.of('gateway_account', 'id'),
  messages: col.number(),
  partsOurs: col.number(),
  partsReported: col.number(),
  costOurs: col.number(),
  costReported: col.number(),
});

/** Returns the operators' counts of the last seven days, by account. */
export const recentBills = (tx: Transaction): Promise<(AccountBill & { readonly name: string })[]> =>
  tx.rows(recentBillsRows.sql`
    SELECT g.id AS "accountId", g.name, sum(b.messages)::float8 AS messages, sum(b.parts_ours)::float8 AS "partsOurs",
           sum(b.parts_told)::float8 AS "partsReported", round(sum(b.cost_ours) * 1000000)::float8 AS "costOurs",
           round(sum(b.cost_told) * 1000000)::float8 AS "costReported"
      FROM account_bill b JOIN gateway_account g ON g.id = b.account_id
     WHERE b.counted_on > (clock_timestamp() AT TIME ZONE 'UTC')::date - 7 GROUP BY 1, 2 ORDER BY 2`);
