import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const talliedBatchRows = computedRows({ tenantId: col.text(), batchId: col.text() });

/** A batch of one tenant. */
export type TalliedBatch = RowOf<typeof talliedBatchRows>;

/** Lists batches whose tally changed since an instant of the machine clock, in order of their ids; `most` at a time. */
export async function talliedSince(
  tx: Transaction,
  since: string,
  page: { readonly after: string; readonly most: number },
): Promise<readonly TalliedBatch[]> {
  return tx.rows(talliedBatchRows.sql`
    SELECT tenant_id AS "tenantId", batch_id AS "batchId" FROM tallied_since(${since}, ${page.after}, ${page.most})`);
}

const tallyDifferenceRows = rowsOf('message', ['state', 'reason']).with({
  tallied: col.number(),
  counted: col.number(),
});

/** A state and reason for which tally and messages differ. */
export type TallyDifference = RowOf<typeof tallyDifferenceRows>;

/** Counts the messages of a batch and compares: one statement, so that both are of one instant. */
export async function recount(tx: Transaction, batchId: string): Promise<readonly TallyDifference[]> {
  return tx.rows(tallyDifferenceRows.sql`
    SELECT state, reason, sum(tallied)::int AS tallied, sum(counted)::int AS counted
      FROM (SELECT state::text, reason, delta AS tallied, 0 AS counted FROM tally WHERE batch_id = ${batchId}::uuid
            UNION ALL
            SELECT state::text, reason, 0, 1 FROM message WHERE batch_id = ${batchId}::uuid) both_of_them
     GROUP BY 1, 2 HAVING sum(tallied) <> sum(counted) ORDER BY 1, 2`);
}

/** Fewer deltas of one batch are read as fast unfolded. */
const WORTH_FOLDING = 50;

const foldedRows = computedRows({ folded: col.number() });

/** Folds the deltas of a batch into one for each state and reason; returns the former number. */
export async function foldTally(tx: Transaction, batchId: string): Promise<number> {
  const row = await tx.first(foldedRows.sql`
    WITH gone AS (
      DELETE FROM tally WHERE batch_id = ${batchId}::uuid
         AND (SELECT count(*) FROM tally t WHERE t.batch_id = ${batchId}::uuid) > ${WORTH_FOLDING}
      RETURNING tenant_id, state, reason, delta, noted_at),
    kept AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta, noted_at)
      SELECT tenant_id, ${batchId}::uuid, state, reason, sum(delta), max(noted_at) FROM gone
       GROUP BY tenant_id, state, reason HAVING sum(delta) <> 0)
    SELECT count(*)::int AS folded FROM gone`);
  return row?.folded ?? 0;
}
