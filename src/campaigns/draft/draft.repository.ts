import { sql } from 'kysely';
import { col, computedRows, rowsOf, type RowOf, type Transaction } from '../../platform/index.ts';
import type { Campaign } from '../campaign.repository.ts';

/** An approval of a campaign at one revision. */
export interface Approval {
  readonly campaignId: string;
  readonly revision: number;
  /** `key:<id>`. */
  readonly actor: string;
}

/** Stores an approval; a repetition changes nothing, and returns false. `at` is the law clock's ISO instant. */
export async function addApproval(
  tx: Transaction,
  { campaignId, revision, actor }: Approval,
  at: string,
): Promise<boolean> {
  const added = await tx.run(sql`
    INSERT INTO approval (campaign_id, revision, actor, tenant_id, approved_at)
    VALUES (${campaignId}, ${revision}, ${actor}, ${tx.tenantId}, ${at}::timestamptz) ON CONFLICT DO NOTHING`);
  return added > 0;
}

/** The author or approver of a campaign. */
export interface NamedPerson {
  /** Their name in the audit. */
  readonly by: string;
  /** The name of their key. */
  readonly byName: string | null;
}

const approvalGivenRows = computedRows({
  at: col.text(),
  /** As the audit names them. */
  by: col.text(),
  byName: col.of('api_key', 'name').orNull(),
});

/** An approval for display. */
export type ApprovalGiven = RowOf<typeof approvalGivenRows>;

/** Reads every approval of one revision, oldest first. */
export const approvalsOf = (
  tx: Transaction,
  { campaignId, revision }: Omit<Approval, 'actor'>,
): Promise<ApprovalGiven[]> =>
  tx.rows(approvalGivenRows.sql`
    SELECT a.actor AS by, k.name AS "byName", iso(a.approved_at) AS at
      FROM approval a LEFT JOIN api_key k ON k.tenant_id = a.tenant_id AND 'key:' || k.id = a.actor
     WHERE a.campaign_id = ${campaignId}::uuid AND a.revision = ${revision} ORDER BY a.approved_at, a.actor`);

const nameRows = rowsOf('api_key', ['name']);

/** Returns the name of the key that is an actor; null for other actors. */
export async function nameOfActor(tx: Transaction, actor: string): Promise<string | null> {
  const key = await tx.first(nameRows.sql`
    SELECT name FROM api_key WHERE tenant_id = ${tx.tenantId}::uuid AND 'key:' || id = ${actor}`);
  return key?.name ?? null;
}

const otherRows = computedRows({ other: col.text() });

/**
 * Returns the actors that are another person than `actor`. The sign-ins of one person are one person, and so are
 * the keys that they made, through keys made by keys. A plain key counts as that key and all that descends from it:
 * its maker may be somebody else, who handed it out.
 */
export async function othersThan(
  tx: Transaction,
  actor: string,
  among: readonly string[],
): Promise<string[]> {
  const rows = await tx.rows(otherRows.sql`
    WITH RECURSIVE line AS (
      SELECT k.id AS start, k.id, k.made_by, k.expires_at IS NOT NULL AS is_person,
             CASE WHEN k.expires_at IS NULL THEN k.id::text ELSE k.name END AS who
        FROM api_key k WHERE 'key:' || k.id = ${actor} OR 'key:' || k.id = ANY(${among}::text[])
      UNION ALL
      SELECT l.start, k.id, k.made_by, k.expires_at IS NOT NULL, CASE WHEN k.expires_at IS NULL THEN k.id::text ELSE k.name END
        FROM line l JOIN api_key k ON k.id = l.made_by),
    own AS (
      SELECT who FROM line WHERE 'key:' || start = ${actor} AND (id = start OR is_person))
    SELECT other FROM unnest(${among}::text[]) AS other
     WHERE other <> ${actor} AND NOT EXISTS (
       SELECT FROM line l WHERE 'key:' || l.start = other AND l.who IN (SELECT who FROM own))`);
  return rows.map(({ other }) => other);
}

const draftRehearsedRows = computedRows({
  id: col.text(),
  /** The number of recipients in that rehearsal. */
  people: col.number(),
});

/** A draft that may wait for approval: rehearsed in its present version. */
export type DraftRehearsed = RowOf<typeof draftRehearsedRows>;

/** Reads the newest drafts whose last rehearsal of the present version is finished. */
export const draftsRehearsed = (tx: Transaction, most: number): Promise<DraftRehearsed[]> =>
  tx.rows(draftRehearsedRows.sql`
    SELECT c.id, (r.report ->> 'leavesNow')::int + (r.report ->> 'held')::int AS people
      FROM (SELECT id, revision FROM campaign WHERE tenant_id = ${tx.tenantId}::uuid AND status = 'draft'
             ORDER BY id DESC LIMIT ${most}) c
     CROSS JOIN LATERAL (
       SELECT r.report, r.revision FROM rehearsal r
        WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.campaign_id = c.id AND r.state = 'done' ORDER BY r.id DESC LIMIT 1) r
     WHERE r.revision = c.revision ORDER BY c.id DESC`);

/** A trial of a campaign on a few people. */
interface Trial {
  readonly batchId: string;
  readonly campaign: Pick<Campaign, 'id' | 'accountId' | 'purpose'>;
  readonly place: { readonly territory: string; readonly timeZone: string };
  readonly contactIds: readonly string[];
  /** ISO instant of the law clock. */
  readonly at: string;
}

/** Makes a batch of its own, its messages and their tally; nothing of it is the campaign's. */
export async function insertTrial(tx: Transaction, trial: Trial): Promise<void> {
  const { batchId, campaign, place, contactIds, at } = trial;
  await tx.run(sql`
    INSERT INTO batch (id, tenant_id, kind, test_of, account_id, purpose, territory, time_zone, size, created_at)
    VALUES (${batchId}, ${tx.tenantId}, 'test', ${campaign.id}, ${campaign.accountId}, ${campaign.purpose}, ${place.territory},
            ${place.timeZone}, ${contactIds.length}, ${at})`);
  await tx.run(sql`
    INSERT INTO message (batch_id, seq, tenant_id, contact_id, state)
    SELECT ${batchId}::uuid, turn, ${tx.tenantId}::uuid, contact_id, 'ready'
      FROM unnest(${contactIds}::uuid[]) WITH ORDINALITY AS given(contact_id, turn)`);
  await tx.run(sql`
    INSERT INTO tally (tenant_id, batch_id, state, delta) VALUES (${tx.tenantId}, ${batchId}, 'ready', ${contactIds.length})`);
}

const carryingRows = rowsOf('gateway_account', ['name']).with({
  /** True when a price is configured for every territory it carries. */
  isPriced: col.flag(),
});

/** An account other than its own that carries part of a campaign, or will in some territory. */
type Carrying = RowOf<typeof carryingRows>;

/** Lists accounts that carry part of a campaign instead of its own. */
export const accountsCarrying = (tx: Transaction, campaignId: string): Promise<Carrying[]> =>
  tx.rows(carryingRows.sql`
    WITH carried AS (
      SELECT account_id, price FROM batch WHERE campaign_id = ${campaignId}
      UNION SELECT (there ->> 'accountId')::uuid, (there ->> 'price')::numeric
        FROM campaign, jsonb_each(route -> 'byTerritory') AS t (territory, there) WHERE id = ${campaignId})
    SELECT g.name, bool_and(carried.price IS NOT NULL) AS "isPriced"
      FROM carried JOIN gateway_account g ON g.id = carried.account_id JOIN campaign c ON c.id = ${campaignId}
     WHERE carried.account_id <> c.account_id GROUP BY g.name ORDER BY g.name`);
