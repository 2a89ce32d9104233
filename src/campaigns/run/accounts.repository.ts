import { sql } from 'kysely';
import { col, computedRows, rowsOf, type Transaction } from '../../platform/index.ts';

/** Reads the accounts of a campaign from its tally. */
export async function accounts(tx: Transaction, campaignId: string): Promise<AudienceCounts> {
  return audienceCountsOf(await tallied(tx, campaignId));
}

/** Counts the same from the messages themselves, with the differences from the tally. */
export async function recountAccounts(
  tx: Transaction,
  campaignId: string,
): Promise<{ readonly accounts: AudienceCounts; readonly differences: readonly CampaignTallyDifference[] }> {
  const [tally, found] = [await tallied(tx, campaignId), await counted(tx, campaignId)];
  return { accounts: audienceCountsOf(found), differences: differencesOf(tally, found) };
}

/** A state and reason for which tally and messages differ. */
export interface CampaignTallyDifference {
  readonly state: string;
  readonly reason: string | null;
  readonly tallied: number;
  readonly counted: number;
}

const stateCountRows = computedRows({ state: col.text(), reason: col.text().orNull(), count: col.number() });

/** Counts by state and reason from the tally's deltas. */
async function tallied(tx: Transaction, campaignId: string): Promise<readonly StateCount[]> {
  return tx.rows(stateCountRows.sql`
    SELECT t.state::text AS state, t.reason, sum(t.delta)::int AS count
      FROM batch b JOIN tally t ON t.batch_id = b.id
     WHERE b.campaign_id = ${campaignId}::uuid GROUP BY 1, 2 HAVING sum(t.delta) <> 0`);
}

async function counted(tx: Transaction, campaignId: string): Promise<readonly StateCount[]> {
  return tx.rows(stateCountRows.sql`
    SELECT m.state::text AS state, m.reason, count(*)::int AS count
      FROM batch b JOIN message m ON m.batch_id = b.id
     WHERE b.campaign_id = ${campaignId}::uuid GROUP BY 1, 2`);
}

function differencesOf(
  tally: readonly StateCount[],
  found: readonly StateCount[],
): readonly CampaignTallyDifference[] {
  const rows = new Map<string, CampaignTallyDifference>();
  for (const row of tally) rows.set(keyOf(row), { ...nothing(row), tallied: row.count });
  for (const row of found)
    rows.set(keyOf(row), { ...(rows.get(keyOf(row)) ?? nothing(row)), counted: row.count });
  return [...rows.values()].filter((row) => row.tallied !== row.counted);
}

const keyOf = ({ state, reason }: StateCount): string => `${state} ${reason ?? ''}`;

const nothing = ({ state, reason }: StateCount): CampaignTallyDifference => ({
  state,
  reason,
  tallied: 0,
  counted: 0,
});

const pendingPlaceRows = rowsOf('batch', ['territory', 'timeZone']).with({
  count: col.number(),
  day: col.number().orNull(),
  begun: col.json<NonNullable<PendingPlace['begun']>>().orNull(),
  waiting: col.of('batch', 'waiting').as<NonNullable<PendingPlace['waiting']>>().orNull(),
});

/** The people still to be served, by locality. */
export interface PendingPlace {
  readonly territory: string;
  readonly timeZone: string;
  readonly count: number;
  /** The day of a spread, and the latest earlier one that has begun. */
  readonly day?: number | null;
  readonly begun?: { readonly day: number; readonly at: string } | null;
  /** The wait of its batches; null while one of them sends. */
  readonly waiting?: { readonly code: string; readonly until: string } | null;
}

/** Counts ready messages and those on the wire, by locality and by day of a spread. */
export async function pendingByPlace(
  tx: Transaction,
  { campaignId, now }: { readonly campaignId: string; readonly now: string },
): Promise<readonly PendingPlace[]> {
  const waits = sql`b.waiting IS NOT NULL AND b.woken_at IS NULL AND b.next_action_at > ${now}::timestamptz`;
  return tx.rows(pendingPlaceRows.sql`
    SELECT b.territory, b.time_zone AS "timeZone", sum(t.delta)::int AS count,
           CASE WHEN p.spread_days IS NOT NULL THEN b.day END AS day,
           (SELECT json_build_object('day', x.day, 'at', iso(coalesce(x.begun_at, p.frozen_at))) FROM batch x
             WHERE x.campaign_id = p.id AND x.territory = b.territory AND x.time_zone = b.time_zone AND x.day < b.day
               AND (x.begun_at IS NOT NULL OR x.state = 'done') ORDER BY x.day DESC, x.begun_at DESC LIMIT 1) AS begun,
           CASE WHEN bool_and(coalesce(${waits}, false)) FILTER (WHERE b.state = 'open')
                THEN (array_agg(b.waiting ORDER BY b.next_action_at) FILTER (WHERE b.state = 'open'))[1] END AS waiting
      FROM campaign p JOIN batch b ON b.campaign_id = p.id JOIN tally t ON t.batch_id = b.id
     WHERE p.id = ${campaignId}::uuid AND t.state IN ('ready', 'submitting')
     GROUP BY p.id, b.territory, b.time_zone, b.day HAVING sum(t.delta) > 0 ORDER BY 3 DESC, 4`);
}

/** The final accounts of an audience; the parts add up to `audience`. */
export interface AudienceCounts {
  readonly audience: number;
  /** Ready or on the wire. */
  readonly pending: number;
  /** Cumulative: delivered and undelivered messages included. */
  readonly accepted: number;
  readonly delivered: number;
  readonly undelivered: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly expired: number;
  readonly uncertain: number;
}

/** Count of messages in one state for one reason. */
interface StateCount {
  readonly state: string;
  readonly reason: string | null;
  readonly count: number;
}

/** Builds the accounts from counts by state and reason. */
export function audienceCountsOf(counts: readonly StateCount[]): AudienceCounts {
  const sum = (...states: readonly string[]): number =>
    counts.filter(({ state }) => states.includes(state)).reduce((total, { count }) => total + count, 0);
  return {
    audience: counts.reduce((total, { count }) => total + count, 0),
    pending: sum('ready', 'submitting'),
    accepted: sum('accepted', 'delivered', 'undelivered'),
    delivered: sum('delivered'),
    undelivered: sum('undelivered'),
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

/** Sums the excluded people over all reasons. */
export const excludedIn = ({ excluded }: AudienceCounts): number =>
  Object.values(excluded).reduce((sum, count) => sum + count, 0);

/** Says whether every recipient is in exactly one part of the accounts. */
export function areClosed(held: AudienceCounts): boolean {
  const { audience, accepted, failed, expired, uncertain, pending } = held;
  return audience === accepted + excludedIn(held) + failed + expired + uncertain + pending;
}
