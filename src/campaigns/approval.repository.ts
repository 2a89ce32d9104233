import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** A yes to a campaign as it stands at one revision. */
export interface Approval {
  readonly campaignId: string;
  readonly revision: number;
  /** `key:<id>`. */
  readonly actor: string;
}

/** Keeps it; the same twice changes nothing. `at` is the law clock's ISO instant. */
export async function addApproval(
  tx: Transaction,
  { campaignId, revision, actor }: Approval,
  at: string,
): Promise<void> {
  await tx.run(sql`
    INSERT INTO approval (campaign_id, revision, actor, tenant_id, approved_at)
    VALUES (${campaignId}, ${revision}, ${actor}, ${tx.tenantId}, ${at}::timestamptz) ON CONFLICT DO NOTHING`);
}

/** Whether somebody other than the actor approved that revision; the sign-ins of one person are one person. */
export async function isApprovedByAnother(
  tx: Transaction,
  { campaignId, revision, actor }: Approval,
): Promise<boolean> {
  const found = await tx.first(sql<{ actor: string }>`
    SELECT actor FROM approval
     WHERE campaign_id = ${campaignId}::uuid AND revision = ${revision} AND actor <> ${actor}
       AND actor NOT IN (
         SELECT 'key:' || theirs.id FROM api_key mine
           JOIN api_key theirs ON theirs.name = mine.name AND theirs.expires_at IS NOT NULL
          WHERE 'key:' || mine.id = ${actor} AND mine.expires_at IS NOT NULL)
     LIMIT 1`);
  return found !== undefined;
}
