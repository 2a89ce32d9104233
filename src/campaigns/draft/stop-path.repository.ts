import { sql } from 'kysely';
import { col, computedRows, type Transaction, type Clock, type Database } from '../../platform/index.ts';
import { everyTenant, raiseOfAccounts } from '../../company/index.ts';

/** True when messages were sent through it for 30 days and no receipt came back: callbacks may be lost. */
export const SILENT = sql`EXISTS (
  SELECT FROM batch b WHERE b.account_id = g.id AND b.size > 0
     AND b.created_at BETWEEN greatest(g.last_receipt_at, g.proven_at) AND clock_timestamp() - interval '30 days')`;

const unprovenPathRows = computedRows({
  gateway: col.of('gateway_account', 'name'),
  /** True when it never brought one back; else it brought one, and then nothing for a month. */
  never: col.flag(),
});

/** Real accounts for which the tenant has advertising to send, or sent some in the last three months. */
const unprovenPaths = (tx: Transaction) =>
  tx.rows(unprovenPathRows.sql`
    SELECT g.name AS gateway, g.proven_at IS NULL AS never FROM gateway_account g
     WHERE NOT g.fake AND (g.proven_at IS NULL OR ${SILENT})
       AND EXISTS (SELECT FROM campaign c WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.account_id = g.id AND c.purpose = 'marketing'
         AND (c.status NOT IN ('finished', 'cancelled') OR c.created_at > clock_timestamp() - interval '90 days'))
     ORDER BY g.name`);

const REPEATED_AFTER_HOURS = 24;

/** Notifies each tenant, once a day, of its accounts that carry no advertising until a STOP comes back. */
export async function watchStopPaths(asked: {
  readonly database: Database;
  readonly clock: Clock;
}): Promise<void> {
  const { database, clock } = asked;
  for await (const tenantId of everyTenant((work) => database.outside(work)))
    await database.withTenant(tenantId, async (tx) => {
      const news = (await unprovenPaths(tx)).map(({ gateway, never }) => ({
        type: 'gateway.stop-unproven' as const,
        subject: null,
        about: { gateway, code: never ? 'NEVER_PROVEN' : 'SILENT' },
      }));
      await raiseOfAccounts(tx, news, { at: clock.now().toISO(), quietHours: REPEATED_AFTER_HOURS });
    });
}
