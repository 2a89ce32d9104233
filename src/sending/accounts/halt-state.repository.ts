import { sql } from 'kysely';
import { col, computedRows, type RowOf, type Transaction } from '../../platform/index.ts';

const haltInForceRows = computedRows({
  /** The halted account; null for everything of the tenant. */
  gateway: col.text().orNull(),
  accountId: col.of('gateway_halt', 'accountId').orNull(),
  /** True when it halts an account for every tenant: then only the instance lifts it. */
  forAll: col.flag(),
  reason: col.of('tenant', 'haltReason').known(),
  since: col.of('gateway_halt', 'since').orNull(),
  by: col.of('tenant', 'haltedBy'),
  byName: col.of('api_key', 'name').orNull(),
});

/** One halt in force. */
export type HaltInForce = RowOf<typeof haltInForceRows>;

const COLUMNS = sql`gateway, account_id AS "accountId", for_all AS "forAll", coalesce(reason, '') AS reason, iso(since) AS since, by, k.name AS "byName"`;

/** Returns the halts of the transaction's tenant: of the tenant first, then account by account. */
export async function haltsInForce(tx: Transaction): Promise<HaltInForce[]> {
  return tx.rows(haltInForceRows.sql`
    SELECT ${COLUMNS} FROM (
      SELECT 0 AS place, NULL AS gateway, NULL::uuid AS account_id, false AS for_all, t.halt_reason AS reason, t.halted_at AS since, t.halted_by AS by
        FROM tenant t WHERE t.id = ${tx.tenantId}::uuid AND t.halted
      UNION ALL
      SELECT 1, g.name, g.id, false, h.reason, h.since, h.halted_by
        FROM gateway_halt h JOIN gateway_account g ON g.id = h.account_id WHERE h.tenant_id = ${tx.tenantId}::uuid
      UNION ALL
      SELECT 2, g.name, g.id, true, g.halt_reason, g.halted_at, 'instance' FROM gateway_account g
       WHERE g.halted AND ${tx.tenantId}::uuid IN (SELECT tenant_id FROM tenants_of_account(g.id))) halt
      LEFT JOIN api_key k ON k.tenant_id = ${tx.tenantId}::uuid AND 'key:' || k.id = halt.by
     ORDER BY place, gateway`);
}
