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

/** Who said yes to a revision beside whoever launches it: nobody else, themselves under another key, or somebody else. */
export type Seconded = 'by-nobody' | 'by-themselves' | 'by-another';

/**
 * Whether a second person stands behind an approval of that revision.
 *
 * The sign-ins of one person are one person, and so are the keys that they made, through keys made by keys. Whoever
 * launches by a plain key is that key and all that descends from it: its maker may be somebody else, who handed it out.
 */
export async function secondedBy(
  tx: Transaction,
  { campaignId, revision, actor }: Approval,
): Promise<Seconded> {
  const found = await tx.first(sql<{ others: number; another: number }>`
    WITH RECURSIVE yes AS (
      SELECT actor FROM approval
       WHERE campaign_id = ${campaignId}::uuid AND revision = ${revision} AND actor <> ${actor}),
    line AS (
      SELECT k.id AS start, k.id, k.made_by, k.expires_at IS NOT NULL AS is_person,
             CASE WHEN k.expires_at IS NULL THEN k.id::text ELSE k.name END AS who
        FROM api_key k WHERE 'key:' || k.id = ${actor} OR 'key:' || k.id IN (SELECT actor FROM yes)
      UNION ALL
      SELECT l.start, k.id, k.made_by, k.expires_at IS NOT NULL, CASE WHEN k.expires_at IS NULL THEN k.id::text ELSE k.name END
        FROM line l JOIN api_key k ON k.id = l.made_by),
    own AS (
      SELECT who FROM line WHERE 'key:' || start = ${actor} AND (id = start OR is_person))
    SELECT count(*)::int AS others,
           (count(*) FILTER (WHERE NOT EXISTS (
             SELECT FROM line l WHERE 'key:' || l.start = yes.actor AND l.who IN (SELECT who FROM own))))::int AS another
      FROM yes`);
  if (found === undefined || found.others === 0) return 'by-nobody';
  return found.another > 0 ? 'by-another' : 'by-themselves';
}
