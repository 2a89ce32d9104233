import { sql } from 'kysely';
import { col, computedRows, rowsOf, type RowOf, type Transaction } from '../../platform/index.ts';
import type { Campaign } from '../campaign.repository.ts';

/** One revision of a campaign. */
interface Revised {
  readonly campaignId: string;
  readonly revision: number;
}

/**
 * Stores an approval by an actor, `key:<id>`; a repetition changes nothing, and returns false. `at` is the law clock's
 * ISO instant.
 */
export async function addApproval(
  tx: Transaction,
  { campaignId, revision, actor }: Revised & { readonly actor: string },
  at: string,
): Promise<boolean> {
  const added = await tx.run(sql`
    INSERT INTO approval (campaign_id, revision, actor, tenant_id, approved_at)
    VALUES (${campaignId}, ${revision}, ${actor}, ${tx.tenantId}, ${at}::timestamptz) ON CONFLICT DO NOTHING`);
  return added > 0;
}

const approvalGivenRows = computedRows({
  campaignId: col.text(),
  at: col.text(),
  /** The actor, as the audit names them. */
  by: col.text(),
  /** The name of the actor's key. */
  byName: col.of('api_key', 'name').orNull(),
});

export type ApprovalGiven = Omit<RowOf<typeof approvalGivenRows>, 'campaignId'>;

/** Reads every approval of one revision of each campaign, oldest first, by the campaign's id. */
export async function approvalsOf(
  tx: Transaction,
  asked: readonly Revised[],
): Promise<ReadonlyMap<string, readonly ApprovalGiven[]>> {
  if (asked.length === 0) return new Map();
  const [ids, revisions] = [asked.map(({ campaignId }) => campaignId), asked.map(({ revision }) => revision)];
  const rows = await tx.rows(approvalGivenRows.sql`
    SELECT a.campaign_id AS "campaignId", a.actor AS by, k.name AS "byName", iso(a.approved_at) AS at
      FROM unnest(${ids}::uuid[], ${revisions}::int[]) AS asked(id, revision)
      JOIN approval a ON a.campaign_id = asked.id AND a.revision = asked.revision
      LEFT JOIN api_key k ON k.tenant_id = a.tenant_id AND 'key:' || k.id = a.actor
     ORDER BY a.approved_at, a.actor`);
  const given = new Map<string, ApprovalGiven[]>(ids.map((id) => [id, []]));
  for (const { campaignId, ...one } of rows) given.get(campaignId)?.push(one);
  return given;
}

const nameRows = computedRows({ actor: col.text(), name: col.of('api_key', 'name') });

/** Reads the names of the keys that are actors, by actor; other actors have none. */
export async function namesOfActors(
  tx: Transaction,
  actors: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (actors.length === 0) return new Map();
  const keys = await tx.rows(nameRows.sql`
    SELECT 'key:' || id AS actor, name FROM api_key
     WHERE tenant_id = ${tx.tenantId}::uuid AND 'key:' || id = ANY(${actors}::text[])`);
  return new Map(keys.map(({ actor, name }) => [actor, name]));
}

/** Two actors, who may be one person. */
export interface ActorPair {
  readonly actor: string;
  readonly other: string;
}

const pairRows = computedRows({ actor: col.text(), other: col.text() });

/**
 * Returns the pairs of which `other` is another person than `actor`. All sign-ins of one person are that person, and
 * so are the keys that they made, directly or by other keys. A key that is no sign-in counts for itself and the keys
 * made by it: whoever made it may have handed it to somebody else.
 */
export async function othersAmong(tx: Transaction, pairs: readonly ActorPair[]): Promise<ActorPair[]> {
  if (pairs.length === 0) return [];
  const [actors, others] = [pairs.map(({ actor }) => actor), pairs.map(({ other }) => other)];
  return tx.rows(pairRows.sql`
    WITH RECURSIVE line AS (
      SELECT k.id AS start, k.id, k.made_by, k.expires_at IS NOT NULL AS is_person,
             CASE WHEN k.expires_at IS NULL THEN k.id::text ELSE k.name END AS who
        FROM api_key k WHERE 'key:' || k.id = ANY(${actors}::text[] || ${others}::text[])
      UNION ALL
      SELECT l.start, k.id, k.made_by, k.expires_at IS NOT NULL, CASE WHEN k.expires_at IS NULL THEN k.id::text ELSE k.name END
        FROM line l JOIN api_key k ON k.id = l.made_by),
    own AS (
      SELECT 'key:' || start AS actor, who FROM line WHERE id = start OR is_person)
    SELECT DISTINCT p.actor, p.other FROM unnest(${actors}::text[], ${others}::text[]) AS p(actor, other)
     WHERE p.other <> p.actor AND NOT EXISTS (
       SELECT FROM line l JOIN own o ON o.who = l.who WHERE 'key:' || l.start = p.other AND o.actor = p.actor)`);
}

/** Returns those of some actors who are another person than `actor`. */
export async function othersThan(
  tx: Transaction,
  actor: string,
  among: readonly string[],
): Promise<string[]> {
  const pairs = await othersAmong(
    tx,
    among.map((other) => ({ actor, other })),
  );
  return pairs.map(({ other }) => other);
}

const draftRehearsedRows = computedRows({
  id: col.text(),
  /** The number of recipients in that rehearsal. */
  people: col.number(),
});

/** Reads the newest drafts whose present revision has a finished rehearsal. */
export const draftsRehearsed = (tx: Transaction, most: number) =>
  tx.rows(draftRehearsedRows.sql`
    SELECT c.id, (r.report ->> 'leavesNow')::int + (r.report ->> 'held')::int AS people
      FROM (SELECT id, revision FROM campaign WHERE tenant_id = ${tx.tenantId}::uuid AND status = 'draft'
             ORDER BY id DESC LIMIT ${most}) c
     CROSS JOIN LATERAL (
       SELECT r.report, r.revision FROM rehearsal r
        WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.campaign_id = c.id AND r.state = 'done' ORDER BY r.id DESC LIMIT 1) r
     WHERE r.revision = c.revision ORDER BY c.id DESC`);

/** Inserts the batch of a test send with its messages and their tally; it does not count as part of the campaign. */
export async function insertTrial(
  tx: Transaction,
  trial: {
    readonly batchId: string;
    readonly campaign: Pick<Campaign, 'id' | 'accountId' | 'purpose'>;
    readonly place: { readonly territory: string; readonly timeZone: string };
    readonly contactIds: readonly string[];
    /** ISO instant of the law clock. */
    readonly at: string;
  },
): Promise<void> {
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
  /** True when a price is configured for every part of the campaign that it carries. */
  isPriced: col.flag(),
});

/** Lists the accounts that carry part of a campaign besides its own account. */
export const accountsCarrying = (tx: Transaction, campaignId: string) =>
  tx.rows(carryingRows.sql`
    WITH carried AS (
      SELECT account_id, price FROM batch WHERE campaign_id = ${campaignId}
      UNION SELECT (there ->> 'accountId')::uuid, (there ->> 'price')::numeric
        FROM campaign, jsonb_each(route -> 'byTerritory') AS t (territory, there) WHERE id = ${campaignId})
    SELECT g.name, bool_and(carried.price IS NOT NULL) AS "isPriced"
      FROM carried JOIN gateway_account g ON g.id = carried.account_id JOIN campaign c ON c.id = ${campaignId}
     WHERE carried.account_id <> c.account_id GROUP BY g.name ORDER BY g.name`);
