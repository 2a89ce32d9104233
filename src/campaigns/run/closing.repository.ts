import { col, computedRows, type Transaction } from '../../platform/index.ts';

const lastAndOpenRows = computedRows({ last: col.number().orNull(), open: col.number() });

/**
 * Returns the milliseconds since the last submission of the unfinished batches; undefined when all are done. Ids of
 * submissions are in order of creation: the newest one of a message is the last.
 */
export async function unfinishedFor(
  tx: Transaction,
  campaignId: string,
  machineMs: number,
): Promise<number | undefined> {
  const row = await tx.first(lastAndOpenRows.sql`
    SELECT count(*)::int AS open, (extract(epoch FROM max(s.marked_at)) * 1000)::float8 AS last
      FROM batch b
      LEFT JOIN LATERAL (
        SELECT m.submission_id AS id FROM message m WHERE m.batch_id = b.id AND m.submission_id IS NOT NULL
         ORDER BY m.submission_id DESC LIMIT 1) newest ON true
      LEFT JOIN submission s ON s.id = newest.id
     WHERE b.campaign_id = ${campaignId}::uuid AND b.state = 'open'`);
  if (row === undefined || row.open === 0) return undefined;
  return machineMs - (row.last ?? machineMs);
}
