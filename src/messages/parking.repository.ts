import { sql } from 'kysely';
import type { Database } from '../database/connection.ts';
import { raise } from '../tenants/webhook-event.repository.ts';
import type { BatchRun } from './batch-run.repository.ts';

/** Parks a running campaign for an operator; a series and the answers try again by themselves. */
export async function parkOrder(
  database: Database,
  run: BatchRun,
  why: { readonly code: 'CONFIG' | 'CREDIT' | 'BUDGET'; readonly at: string },
): Promise<void> {
  const { order } = run;
  await database.withTenant(run.tenantId, async (tx) => {
    if (order.kind === 'campaign') {
      const parked =
        await tx.run(sql`UPDATE campaign SET status = 'parked', parked_because = ${why.code}, updated_at = ${why.at}, revision = revision + 1
        WHERE id = ${order.campaignId} AND status = 'running'`);
      const event = {
        type: 'campaign.parked',
        subject: order.campaignId,
        about: { code: why.code },
      } as const;
      await raise(tx, parked > 0 ? [event] : [], why.at);
    }
    if (why.code !== 'BUDGET') {
      await tx.run(
        sql`UPDATE gateway_account SET state = ${why.code.toLowerCase()}, updated_at = clock_timestamp() WHERE id = ${run.accountId}`,
      );
    }
  });
}
