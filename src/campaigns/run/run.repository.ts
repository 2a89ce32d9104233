import { sql } from 'kysely';
import {
  addToWorkflowOutbox,
  col,
  computedRows,
  SUPPRESSIONS_PARKED,
  SUPPRESSIONS_UNREAD,
  idRows,
  rowsOf,
  type Transaction,
  type WorkflowIntent,
  type RowOf,
} from '../../platform/index.ts';
import { recordAudit, type AuditEntry } from '../../company/index.ts';

/** Writes the audit entry of a change and the intents for its workflow, in the caller's transaction. */
export async function tellOf(
  tx: Transaction,
  about: {
    readonly intents: readonly WorkflowIntent[];
    readonly audit: AuditEntry;
    /** ISO instant of the law clock. */
    readonly at: string;
    /** Epoch milliseconds of the machine clock, by which intents are ordered. */
    readonly machineMs: number;
  },
): Promise<void> {
  const { intents, audit, at, machineMs } = about;
  await recordAudit(tx, audit, { at, machineMs });
  await addToWorkflowOutbox(tx, intents, machineMs);
}

const openBatchRows = computedRows({ last: col.number().orNull(), open: col.number() });

/**
 * Returns the milliseconds since the last submission of the unfinished batches; undefined when all are done. The ids
 * of submissions are in order of creation, so the highest one is the last.
 */
export async function unfinishedFor(
  tx: Transaction,
  campaignId: string,
  machineMs: number,
): Promise<number | undefined> {
  const row = await tx.first(openBatchRows.sql`
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

/** Why no message of a tenant may be marked on an account. */
type Halted =
  | { readonly code: 'SEALED' | 'HALTED' | 'SUPPRESSIONS_UNREAD' }
  | { readonly code: 'SUPPRESSIONS_PARKED'; readonly importId: string };

const holdRows = computedRows({
  code: col.text<NonNullable<Halted['code']>>().orNull(),
  importId: col.text().whereJoined(),
});

/** Reads why no message of this tenant may be marked on an account: the seal, a halt, or an unread list of opt-outs. */
export async function haltOf(tx: Transaction, accountId: string): Promise<Halted | undefined> {
  const row = await tx.first(holdRows.sql`
    SELECT CASE WHEN i.sealed THEN 'SEALED'
                WHEN t.halted OR g.halted OR EXISTS (SELECT 1 FROM gateway_halt h WHERE h.account_id = g.id AND h.tenant_id = t.id) THEN 'HALTED'
                WHEN ${sql.raw(SUPPRESSIONS_UNREAD)} THEN CASE WHEN w.id IS NULL THEN 'SUPPRESSIONS_UNREAD' ELSE 'SUPPRESSIONS_PARKED' END END AS code, w.id AS "importId"
      FROM tenant t CROSS JOIN gateway_account g CROSS JOIN instance i CROSS JOIN LATERAL (SELECT t.id AS tenant_id) b
      CROSS JOIN LATERAL (SELECT ${sql.raw(SUPPRESSIONS_PARKED)} AS id) w
     WHERE t.id = ${tx.tenantId}::uuid AND g.id = ${accountId}::uuid`);
  const { code = null, importId = '' } = row ?? {};
  if (code === null) return undefined;
  return code === 'SUPPRESSIONS_PARKED' ? { code, importId } : { code };
}

/** Stores that a campaign will not finish within one window, for the metrics of the instance. */
export async function noteLateForecast(tx: Transaction, campaignId: string): Promise<void> {
  await tx.run(sql`UPDATE campaign SET forecast_late = true WHERE id = ${campaignId}::uuid`);
}

/** Lists due campaigns that are not frozen: after a restore nobody knows whom they reached in the lost time. */
export async function unfrozenCampaigns(tx: Transaction, at: string): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM campaign WHERE tenant_id = ${tx.tenantId}::uuid AND frozen_at IS NULL AND status IN ('scheduled', 'running')
       AND coalesce(start_at <= ${at}::timestamptz, true) ORDER BY id`);
  return rows.map(({ id }) => id);
}

/** Lists the batches of a campaign with ready messages. */
export async function readyBatches(tx: Transaction, campaignId: string): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT b.id FROM batch b JOIN tally t ON t.batch_id = b.id
     WHERE b.campaign_id = ${campaignId}::uuid AND t.state = 'ready' GROUP BY b.id HAVING sum(t.delta) > 0 ORDER BY b.id`);
  return rows.map(({ id }) => id);
}

const reconfirmationRows = rowsOf('campaign', ['sealed', 'brandId'])
  .and('tenant', ['locale'])
  .with({
    contactId: col.of('contact', 'id'),
    campaignId: col.of('campaign', 'id'),
    /** The sender's name in its text. */
    brand: col.text(),
  });

export type Reconfirmation = RowOf<typeof reconfirmationRows>;

/** Reads the reconfirmation that a message was, if its recipient still holds the number. */
export const reconfirmationOf = (
  tx: Transaction,
  about: { readonly batchId: string; readonly seq: number; readonly phoneIndex: Buffer },
): Promise<Reconfirmation | undefined> =>
  tx.first(reconfirmationRows.sql`
    SELECT c.id AS "contactId", p.id AS "campaignId", p.sealed, p.brand_id AS "brandId", coalesce(r.name, t.name) AS brand, t.locale
      FROM message m JOIN batch b ON b.id = m.batch_id JOIN campaign p ON p.id = b.campaign_id JOIN tenant t ON t.id = p.tenant_id
      JOIN contact c ON c.id = m.contact_id AND c.phone_index = ${about.phoneIndex} AND c.retired_at IS NULL
      LEFT JOIN brand r ON r.id = p.brand_id
     WHERE m.batch_id = ${about.batchId}::uuid AND m.seq = ${about.seq} AND p.audience ? 'reconfirm'`);

const reconfirmedRows = computedRows({
  asked: col.number(),
  /** People who have agreed since, in whatever way, and may be written to. */
  confirmed: col.number(),
  /** People who have opted out since, or asked to be erased. */
  left: col.number(),
  silent: col.number(),
});

/** Counts the answers to a reconfirmation; undefined for any other campaign. */
export async function countReconfirmed(tx: Transaction, campaignId: string) {
  const asks = await tx.first(
    idRows.sql`SELECT id FROM campaign WHERE id = ${campaignId}::uuid AND audience ? 'reconfirm'`,
  );
  if (asks === undefined) return undefined;
  return tx.first(reconfirmedRows.sql`
    WITH asked AS (
      SELECT m.contact_id,
             EXISTS (SELECT 1 FROM consent k WHERE k.contact_id = m.contact_id AND k.purpose = 'marketing' AND k.sendable
                        AND k.basis = 'consent' AND k.since >= m.accepted_at) AS confirmed,
             m.contact_id IS NULL OR EXISTS (
               SELECT 1 FROM consent_event e WHERE e.tenant_id = m.tenant_id AND e.contact_id = m.contact_id
                  AND e.kind IN ('withdrawn', 'objected') AND e.purpose IN ('marketing', 'all') AND e.occurred_at >= m.accepted_at) AS gone
        FROM batch b JOIN message m ON m.batch_id = b.id
       WHERE b.campaign_id = ${campaignId}::uuid AND m.state IN ('accepted', 'delivered', 'undelivered'))
    SELECT count(*)::int AS asked, count(*) FILTER (WHERE confirmed)::int AS confirmed,
           count(*) FILTER (WHERE gone AND NOT confirmed)::int AS left,
           count(*) FILTER (WHERE NOT gone AND NOT confirmed)::int AS silent FROM asked`);
}

/** Counts the messages of a campaign by outcome, from its tally. */
export async function accounts(tx: Transaction, campaignId: string): Promise<AudienceCounts> {
  return audienceCountsOf(await tallied(tx, [campaignId]));
}

/** Counts the messages of some campaigns by outcome, by id; a campaign without messages is absent. */
export async function accountsOfEach(
  tx: Transaction,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, AudienceCounts>> {
  const byCampaign = Map.groupBy(await tallied(tx, campaignIds), ({ campaignId }) => campaignId);
  return new Map([...byCampaign].map(([id, counts]) => [id, audienceCountsOf(counts)]));
}

const talliedRows = computedRows({
  campaignId: col.of('campaign', 'id'),
  state: col.text(),
  reason: col.text().orNull(),
  count: col.number(),
});

/** Sums the tally of each campaign by state and reason. */
async function tallied(tx: Transaction, campaignIds: readonly string[]) {
  return tx.rows(talliedRows.sql`
    SELECT b.campaign_id AS "campaignId", t.state::text AS state, t.reason, sum(t.delta)::int AS count
      FROM batch b JOIN tally t ON t.batch_id = b.id
     WHERE b.campaign_id = ANY (${campaignIds}::uuid[]) GROUP BY 1, 2, 3 HAVING sum(t.delta) <> 0`);
}

const pendingPlaceRows = rowsOf('batch', ['territory', 'timeZone']).with({
  campaignId: col.of('campaign', 'id'),
  count: col.number(),
  /** The day of a spread, and the latest earlier day that has begun. */
  day: col.number().orNull(),
  begun: col.json<{ readonly day: number; readonly at: string }>().orNull(),
  /** What all its batches wait for; null while one of them sends. */
  waiting: col.of('batch', 'waiting').as<{ readonly code: string; readonly until: string }>().orNull(),
});

type PendingPlaceRow = RowOf<typeof pendingPlaceRows>;

/** People who still wait for their message, by locality; before a freeze only their count is known. */
export type PendingPlace = Pick<PendingPlaceRow, 'territory' | 'timeZone' | 'count'> &
  Partial<Pick<PendingPlaceRow, 'day' | 'begun' | 'waiting'>>;

/** Counts ready messages and those on the wire, by locality and by day of a spread. */
export async function pendingByPlace(
  tx: Transaction,
  { campaignId, now }: { readonly campaignId: string; readonly now: string },
): Promise<readonly PendingPlace[]> {
  const places = await pendingByPlaceOfEach(tx, { campaignIds: [campaignId], now });
  return places.get(campaignId) ?? [];
}

/** Counts as `pendingByPlace` does for some campaigns, by id; a campaign without such messages is absent. */
export async function pendingByPlaceOfEach(
  tx: Transaction,
  { campaignIds, now }: { readonly campaignIds: readonly string[]; readonly now: string },
): Promise<ReadonlyMap<string, readonly PendingPlace[]>> {
  if (campaignIds.length === 0) return new Map();
  const waits = sql`b.waiting IS NOT NULL AND b.woken_at IS NULL AND b.next_action_at > ${now}::timestamptz`;
  const rows = await tx.rows(pendingPlaceRows.sql`
    SELECT p.id AS "campaignId", b.territory, b.time_zone AS "timeZone", sum(t.delta)::int AS count,
           CASE WHEN p.spread_days IS NOT NULL THEN b.day END AS day,
           (SELECT json_build_object('day', x.day, 'at', iso(coalesce(x.begun_at, p.frozen_at))) FROM batch x
             WHERE x.campaign_id = p.id AND x.territory = b.territory AND x.time_zone = b.time_zone AND x.day < b.day
               AND (x.begun_at IS NOT NULL OR x.state = 'done') ORDER BY x.day DESC, x.begun_at DESC LIMIT 1) AS begun,
           CASE WHEN bool_and(coalesce(${waits}, false)) FILTER (WHERE b.state = 'open')
                THEN (array_agg(b.waiting ORDER BY b.next_action_at) FILTER (WHERE b.state = 'open'))[1] END AS waiting
      FROM campaign p JOIN batch b ON b.campaign_id = p.id JOIN tally t ON t.batch_id = b.id
     WHERE p.id = ANY (${campaignIds}::uuid[]) AND t.state IN ('ready', 'submitting')
     GROUP BY p.id, b.territory, b.time_zone, b.day HAVING sum(t.delta) > 0 ORDER BY 4 DESC, 5`);
  return Map.groupBy(rows, ({ campaignId }) => campaignId);
}

/** The messages of an audience counted by outcome; the parts add up to `audience`. */
export type AudienceCounts = ReturnType<typeof audienceCountsOf>;

/** Builds the counts of an audience from counts by state and reason. */
export function audienceCountsOf(counts: readonly Omit<RowOf<typeof talliedRows>, 'campaignId'>[]) {
  const sum = (...states: readonly string[]): number =>
    counts.filter(({ state }) => states.includes(state)).reduce((total, { count }) => total + count, 0);
  return {
    audience: counts.reduce((total, { count }) => total + count, 0),
    /** Ready or on the wire. */
    pending: sum('ready', 'submitting'),
    /** Cumulative: delivered and undelivered messages included. */
    accepted: sum('accepted', 'delivered', 'undelivered'),
    delivered: sum('delivered'),
    undelivered: sum('undelivered'),
    /** By reason. */
    excluded: Object.fromEntries(
      counts
        .filter(({ state, count }) => state === 'excluded' && count !== 0)
        .map(({ reason, count }) => [reason ?? 'UNKNOWN', count] as const)
        .toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ),
    failed: sum('failed'),
    expired: sum('expired'),
    uncertain: sum('uncertain'),
  };
}
