import { sql } from 'kysely';
import { col, computedRows, idRows, type Transaction } from '../../platform/index.ts';

/** Most people of one trial. */
export const MOST_PEOPLE = 20;
/** Most messages of trials that are ended at once. */
const MOST = 2_000;

/** Lists the open trials of the transaction's tenant, oldest first. */
export async function openTrials(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM batch WHERE kind = 'test' AND tenant_id = ${tx.tenantId}::uuid AND state = 'open' ORDER BY id`);
  return rows.map(({ id }) => id);
}

const peopleRows = computedRows({ people: col.number() });

/** Lists the people on whom a campaign was tried in the 24 hours before an instant of the law clock. */
export async function triedSinceYesterday(
  tx: Transaction,
  { campaignId, at }: { readonly campaignId: string; readonly at: string },
): Promise<number> {
  const row = await tx.first(peopleRows.sql`
    SELECT coalesce(sum(size), 0)::int AS people FROM batch
     WHERE kind = 'test' AND tenant_id = ${tx.tenantId}::uuid AND test_of = ${campaignId}::uuid
       AND created_at > ${at}::timestamptz - interval '24 hours'`);
  return row?.people ?? 0;
}

/** Ends ready messages of trials whose campaign is over or changed, or that are a day old. Their batches close at their next turn. */
export async function endTrials(
  tx: Transaction,
  { at, changed = null }: { readonly at: string; readonly changed?: string | null },
): Promise<void> {
  await tx.run(sql`
    WITH over AS MATERIALIZED (
      SELECT m.batch_id, m.seq, p.status IN ('cancelled', 'finished') OR p.id IS NOT DISTINCT FROM ${changed}::uuid AS cancelled
        FROM batch b JOIN campaign p ON p.id = b.test_of
       CROSS JOIN LATERAL (
             SELECT x.batch_id, x.seq FROM message x WHERE x.batch_id = b.id AND x.state = 'ready'
              ORDER BY x.seq LIMIT ${MOST_PEOPLE} FOR UPDATE) m
       WHERE b.kind = 'test' AND b.tenant_id = ${tx.tenantId}::uuid AND b.state = 'open'
         AND (p.status IN ('cancelled', 'finished') OR p.id = ${changed}::uuid OR b.created_at <= ${at}::timestamptz - interval '24 hours')
       LIMIT ${MOST}),
    ended AS (
      UPDATE message m SET state = CASE WHEN o.cancelled THEN 'excluded' ELSE 'expired' END::message_state,
             reason = CASE WHEN o.cancelled THEN 'CANCELLED' ELSE 'EXPIRE_AT' END, not_before = NULL, final_at = ${at}::timestamptz
        FROM over o WHERE m.batch_id = o.batch_id AND m.seq = o.seq AND m.state = 'ready'
      RETURNING m.batch_id, m.state, m.reason)
    INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
    SELECT ${tx.tenantId}::uuid, batch_id, state, reason, count(*) FROM ended GROUP BY batch_id, state, reason
    UNION ALL SELECT ${tx.tenantId}::uuid, batch_id, 'ready'::message_state, NULL, -count(*) FROM ended GROUP BY batch_id`);
}
