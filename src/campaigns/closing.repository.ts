import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** Milliseconds since the last submission of the batches that are still open; none when all are done. */
export async function unfinishedFor(
  tx: Transaction,
  campaignId: string,
  machineMs: number,
): Promise<number | undefined> {
  const row = await tx.first(sql<{ last: number | null; open: number }>`
    SELECT count(*)::int AS open, (extract(epoch FROM max(s.marked_at)) * 1000)::float8 AS last
      FROM batch b
      LEFT JOIN LATERAL (SELECT marked_at FROM submission WHERE batch_id = b.id ORDER BY id DESC LIMIT 1) s ON true
     WHERE b.campaign_id = ${campaignId}::uuid AND b.state = 'open'`);
  if (row === undefined || row.open === 0) return undefined;
  return machineMs - (row.last ?? machineMs);
}
