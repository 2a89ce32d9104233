import { sql } from 'kysely';
import {
  col,
  rowsOf,
  SUPPRESSIONS_PARKED,
  SUPPRESSIONS_UNREAD,
  type RowOf,
  type Transaction,
} from '../../platform/index.ts';
import { defaultProfile } from '../../law/index.ts';
import { type GoodFridayChoice, localityNamed, MESSAGE_PURPOSES, type Purpose } from '../../rule/index.ts';
import { routedAccounts, PURPOSES, type AccountRoutes } from '../../company/index.ts';
import { STATED_EVENT, type BatchKind, type Cap } from '../attempt/mark.repository.ts';

/** A batch with its order, at one instant. */
export type BatchRun = ReturnType<typeof runOf>;

/** Reads a batch and its order; undefined when the tenant has no such batch. */
export async function readRun(tx: Transaction, batchId: string): Promise<BatchRun | undefined> {
  const row = await tx.first(runRows.sql`
    SELECT b.id, b.kind, b.state, b.purpose, b.account_id, g.name AS account_name, CASE WHEN b.routed THEN coalesce(t.settings->'routes', '{}') END AS routes, b.former <> '{}' AS has_former,
           b.kind = 'series' OR b.kind = 'campaign' AND jsonb_exists(coalesce(t.settings #> '{routes,failOver}', '[]'), b.purpose) AS fails_over, b.territory, b.time_zone, b.shard,
           coalesce(a.good_friday, t.settings ->> 'goodFriday') AS good_friday, t.locale, t.sector, t.profile AS tenant_profile, t.sender AS tenant_sender, t.name AS tenant_name, (SELECT count(*) > 1 FROM brand) AS has_brands,
           CASE WHEN i.sealed THEN 'SEALED' WHEN t.halted THEN 'TENANT_HALTED' WHEN g.halted OR h.account_id IS NOT NULL THEN 'GATEWAY_HALTED'
                WHEN b.kind IN ('campaign', 'series', 'test') AND ${sql.raw(SUPPRESSIONS_UNREAD)} THEN CASE WHEN w.id IS NULL THEN 'SUPPRESSIONS_UNREAD' ELSE 'SUPPRESSIONS_PARKED' END END AS halt, w.id AS parked_list,
           coalesce(i.sealed_why, t.halt_reason, g.halt_reason, h.reason) AS halt_reason,
           p.id AS campaign_id, p.status AS campaign_status, p.revision AS campaign_revision, p.sender AS campaign_sender, p.sealed,
           p.profile AS campaign_profile, iso(p.expire_at) AS expire_at, p.margin_ms, p.max_parts, p.rate_per_second, p.budget, coalesce(b.price, p.price) AS price, p.currency,
           coalesce(r.name, t.name) AS brand, CASE WHEN b.purpose = 'marketing' THEN t.settings->'frequency'->'marketing' END AS cap,
           p.local_time, p.spread_days, iso(greatest(p.start_at, p.launched_at)) AS since, b.day, d.day AS begun_day, iso(d.begun_at) AS begun_at,
           s.id AS series_id, s.state AS series_state, s.revision AS series_revision, s.sender AS series_sender, iso(${sql.raw(STATED_EVENT)}) AS event_at
      FROM batch b JOIN tenant t ON t.id = b.tenant_id JOIN gateway_account g ON g.id = b.account_id CROSS JOIN instance i
      LEFT JOIN gateway_halt h ON h.tenant_id = b.tenant_id AND h.account_id = b.account_id
      LEFT JOIN campaign p ON p.id = coalesce(b.campaign_id, b.test_of) LEFT JOIN brand r ON r.id = p.brand_id
      LEFT JOIN reminder_series s ON s.id = b.series_id LEFT JOIN practice a ON a.id = s.practice_id
      LEFT JOIN LATERAL (SELECT ${sql.raw(SUPPRESSIONS_PARKED)} AS id) w ON true
      LEFT JOIN LATERAL (
        SELECT x.day, coalesce(x.begun_at, p.frozen_at) AS begun_at FROM batch x
         WHERE x.campaign_id = b.campaign_id AND x.territory = b.territory AND x.time_zone = b.time_zone AND x.day < b.day
           AND (x.begun_at IS NOT NULL OR x.state = 'done') ORDER BY x.day DESC, 2 DESC LIMIT 1) d ON b.day > 0
     WHERE b.id = ${batchId}`);
  return row === undefined ? undefined : runOf(tx.tenantId, row);
}

const runRows = rowsOf('batch', ['id', 'purpose', 'territory', 'shard', 'day'])
  .and('campaign', ['budget'])
  .and('tenant', ['locale', 'sector'])
  .with({
    kind: col.of('batch', 'kind').as<BatchKind>(),
    state: col.of('batch', 'state').as<'open' | 'done'>(),
    account_id: col.of('batch', 'accountId'),
    account_name: col.of('gateway_account', 'name'),
    /** The tenant's routes; null where its account was chosen by name. */
    routes: col.json<AccountRoutes>().orNull(),
    /** True when it sent through another account before. */
    has_former: col.flag(),
    /** True when the next account of its route takes over without a person's approval. */
    fails_over: col.flag(),
    time_zone: col.of('batch', 'timeZone'),
    /** The choice on Good Friday of its practice, else its tenant; null where nobody chose. */
    good_friday: col.text<GoodFridayChoice>().orNull(),
    tenant_profile: col.of('tenant', 'profile'),
    tenant_sender: col.of('tenant', 'sender'),
    tenant_name: col.of('tenant', 'name'),
    /** True when the tenant has several brands, between which people choose. */
    has_brands: col.flag(),
    /** The cause outside the batch's own order that stops it. */
    halt: col
      .text<'TENANT_HALTED' | 'GATEWAY_HALTED' | 'SEALED' | 'SUPPRESSIONS_UNREAD' | 'SUPPRESSIONS_PARKED'>()
      .orNull(),
    halt_reason: col.text().orNull(),
    parked_list: col.text().orNull(),
    campaign_id: col.of('campaign', 'id').orNull(),
    campaign_status: col.of('campaign', 'status').whereJoined(),
    campaign_revision: col.of('campaign', 'revision').whereJoined(),
    sealed: col.of('campaign', 'sealed').whereJoined(),
    currency: col.of('campaign', 'currency').whereJoined(),
    campaign_sender: col.of('campaign', 'sender').whereJoined(),
    campaign_profile: col.of('campaign', 'profile').whereJoined(),
    expire_at: col.of('campaign', 'expireAt'),
    /** The author's choices; by the law of the day of sending when null. */
    margin_ms: col.of('campaign', 'marginMs'),
    max_parts: col.of('campaign', 'maxParts'),
    rate_per_second: col.of('campaign', 'ratePerSecond'),
    /** Decimal, in the currency of the budget. */
    price: col.text().orNull(),
    brand: col.text(),
    cap: col.json<Cap>().orNull(),
    local_time: col.of('campaign', 'localTime'),
    spread_days: col.of('campaign', 'spreadDays'),
    /** ISO instant from which the campaign may send. */
    since: col.text().orNull(),
    begun_day: col.number().orNull(),
    begun_at: col.text().orNull(),
    series_id: col.of('reminder_series', 'id').orNull(),
    series_state: col.of('reminder_series', 'state').whereJoined(),
    series_revision: col.of('reminder_series', 'revision').whereJoined(),
    series_sender: col.of('reminder_series', 'sender').whereJoined(),
    event_at: col.text().whereJoined(),
  });

type RunRow = RowOf<typeof runRows>;

function runOf(tenantId: string, row: RunRow) {
  return {
    tenantId,
    batchId: row.id,
    kind: row.kind,
    state: row.state,
    purpose: purposeNamed(row.purpose),
    accountId: row.account_id,
    accountName: row.account_name,
    routes: row.routes,
    hasFormer: row.has_former,
    failsOver: row.fails_over,
    profile: profileOfRun(row),
    territory: row.territory,
    timeZone: row.time_zone,
    goodFriday: row.good_friday,
    locale: row.locale,
    sector: row.sector,
    hasSeveralBrands: row.has_brands,
    halted: haltedOf(row),
    order: orderOf(row),
  };
}

/**
 * Returns why nothing may be marked: a reason in words, or the id of the import where a suppression list is parked.
 */
function haltedOf({ halt, halt_reason, parked_list }: RunRow) {
  if (halt === null) return null;
  return { code: halt, reason: (halt === 'SUPPRESSIONS_PARKED' ? parked_list : halt_reason) ?? '' };
}

/** Returns the profile of a batch: its campaign's, that of the reminders of its purpose, or the tenant's. */
export const profileOfRun = (
  row: Pick<RunRow, 'campaign_id' | 'campaign_profile' | 'series_id' | 'tenant_profile' | 'purpose'>,
): string =>
  row.campaign_id === null
    ? row.series_id === null
      ? row.tenant_profile
      : defaultProfile(purposeNamed(row.purpose))
    : row.campaign_profile;

function orderOf(row: RunRow) {
  if (row.campaign_id !== null && row.kind === 'test') return trialOrder(row, row.campaign_id);
  if (row.campaign_id !== null) return campaignOrder(row, row.campaign_id);
  if (row.series_id !== null) {
    return {
      kind: 'series' as const,
      seriesId: row.series_id,
      status: row.series_state,
      revision: row.series_revision,
      sender: row.series_sender,
      eventAt: row.event_at,
    };
  }
  return { kind: 'standing' as const, revision: 0, sender: row.tenant_sender ?? row.tenant_name };
}

const campaignOrder = (row: RunRow, campaignId: string) => ({
  kind: 'campaign' as const,
  purpose: purposeNamed(row.purpose),
  campaignId,
  shard: row.shard ?? 0,
  status: row.campaign_status,
  revision: row.campaign_revision,
  sender: row.campaign_sender,
  sealed: row.sealed,
  expireAt: row.expire_at,
  marginMs: row.margin_ms,
  maxParts: row.max_parts,
  ratePerSecond: row.rate_per_second,
  budget: row.budget,
  price: row.price,
  currency: row.currency,
  brand: row.brand,
  /** The tenant's cap on advertising to one person, if it has one. */
  cap: row.cap,
  pace: paceOf(row),
});

/**
 * Returns the order of a trial: sent as the campaign would be, also before its hour, without its budget and days.
 */
const trialOrder = (row: RunRow, campaignId: string): ReturnType<typeof campaignOrder> => ({
  ...campaignOrder(row, campaignId),
  status: NOT_BEGUN.has(row.campaign_status) ? 'running' : row.campaign_status,
  budget: null,
  pace: null,
});

const NOT_BEGUN = new Set(['draft', 'scheduled']);

/** The author's own limits within the lawful hours, as stored. */
export interface CampaignPace {
  /** `HH:MM` in the recipient's zone. */
  readonly localTime: string | null;
  /** The day of a spread for this batch, from 0 on; null without a spread. */
  readonly day: number | null;
  readonly since: string;
  /** The latest earlier day of its spread that has begun, with its time. */
  readonly begun: { readonly day: number; readonly at: string } | null;
}

const paceOf = ({ local_time, spread_days, since, day, begun_day, begun_at }: RunRow): CampaignPace | null =>
  since === null || (local_time === null && spread_days === null)
    ? null
    : {
        localTime: local_time,
        day: spread_days === null ? null : day,
        since,
        begun: begun_day === null || begun_at === null ? null : { day: begun_day, at: begun_at },
      };

/** Notes once that a day of a spread has begun. */
export async function noteBegun(tx: Transaction, batchId: string, at: string): Promise<void> {
  await tx.run(
    sql`UPDATE batch SET begun_at = ${at}::timestamptz WHERE id = ${batchId} AND begun_at IS NULL`,
  );
}

/**
 * Stores the wait of a batch for the scheduler and for people. An attempt that was given up may have counted before
 * another put messages back: nothing ends that still owes a message, and the scheduler looks at once. The batch is
 * locked before its messages are read: a statement that waits for the lock would read them as they were before.
 */
export async function keepBatchPlan(
  tx: Transaction,
  batchId: string,
  {
    plan,
    at,
  }: {
    readonly plan: {
      readonly state: 'open' | 'done';
      readonly nextActionAt: string | null;
      readonly waiting: unknown;
    };
    readonly at: string;
  },
): Promise<void> {
  if (plan.state === 'done') await tx.run(sql`SELECT FROM batch WHERE id = ${batchId} FOR NO KEY UPDATE`);
  await tx.run(sql`
    WITH owing AS MATERIALIZED (
      SELECT ${plan.state} = 'done' AND EXISTS (
        SELECT FROM message m WHERE m.batch_id = ${batchId} AND m.state IN ('ready', 'submitting')) AS "is")
    UPDATE batch b SET state = CASE WHEN owing."is" THEN 'open' ELSE ${plan.state} END,
           next_action_at = CASE WHEN owing."is" THEN ${at}::timestamptz ELSE ${plan.nextActionAt}::timestamptz END, woken_at = NULL,
           waiting = ${plan.waiting === null ? null : JSON.stringify(plan.waiting)}::jsonb
      FROM owing WHERE b.id = ${batchId}`);
}

/** Returns the purpose of a row; an unknown word counts as advertising, the strictest. */
export const purposeNamed = (word: string): Purpose =>
  MESSAGE_PURPOSES.find((purpose) => purpose === word) ?? 'marketing';

/** Lists the accounts that may carry a batch instead of its own, in order; none where it was chosen by name. */
export function alternatives({ routes, accountName, ...run }: BatchRun): readonly string[] {
  const purpose = PURPOSES.find((one) => one === run.purpose);
  if (routes === null || purpose === undefined) return [];
  const territory = localityNamed(run.territory, run.timeZone)?.territory;
  const route = routedAccounts({ routes }, { purpose, territory, defaultName: accountName });
  return route.filter((name) => name !== accountName);
}

/** Says whether another account carried, or may carry, part of a batch. */
export const hasAlternatives = (run: BatchRun): boolean => run.hasFormer || alternatives(run).length > 0;
