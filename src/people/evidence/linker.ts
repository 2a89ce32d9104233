import { linkChain, type Chain } from './chain.ts';
import { col, computedRows, type Database } from '../../platform/index.ts';

const TENANTS = 100;

const waitingChainRows = computedRows({ tenantId: col.text(), chain: col.text<Chain>() });

/** Links waiting events of every tenant; true when more may wait. */
export async function linkWaiting(database: Database): Promise<boolean> {
  const waiting = await database.outside((tx) =>
    tx.rows(waitingChainRows.sql`SELECT tenant_id AS "tenantId", chain FROM tenants_to_link(${TENANTS})`),
  );
  let linked = 0;
  for (const { tenantId, chain } of waiting)
    linked += await database.withTenant(tenantId, (tx) => linkChain(tx, chain));
  return linked > 0;
}
