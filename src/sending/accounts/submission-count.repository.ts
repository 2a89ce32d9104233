import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Count of one account's answers of one kind. */
export interface SubmissionCount {
  readonly accountId: string;
  readonly outcome: 'accepted' | 'refused' | 'unknown' | 'not-written';
  /** A normalised class; empty for an acceptance. */
  readonly reason: string;
  readonly calls: number;
  readonly messages: number;
  /** Time until the answers came. */
  readonly seconds: number;
}

/** Adds to the counts of all workers. */
export async function addSubmissionCounts(
  tx: Transaction,
  counts: readonly SubmissionCount[],
): Promise<void> {
  if (counts.length === 0) return;
  await tx.run(sql`
    INSERT INTO submission_count AS c (account_id, outcome, reason, calls, messages, seconds)
    SELECT r."accountId", r.outcome, r.reason, r.calls, r.messages, r.seconds
      FROM jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
        AS r("accountId" uuid, outcome text, reason text, calls bigint, messages bigint, seconds double precision)
     ORDER BY 1, 2, 3
    ON CONFLICT (account_id, outcome, reason) DO UPDATE SET calls = c.calls + excluded.calls,
      messages = c.messages + excluded.messages, seconds = c.seconds + excluded.seconds`);
}
