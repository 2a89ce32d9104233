import type { GoodFridayChoice } from '../rule/index.ts';
import { sql, type RawBuilder } from 'kysely';
import {
  anyOf,
  BEFORE_ALL,
  col,
  computedRows,
  idRows,
  type Page,
  query,
  type ResultOf,
  type RowOf,
  rowsOf,
  type Transaction,
  type Clock,
  type Database,
} from '../platform/index.ts';
import { type Tenant, everyTenant, raiseOfAccounts } from '../company/index.ts';
import type { Audience } from './audience/audience.repository.ts';
import type { CampaignStatus, CampaignRoute } from './campaign.ts';

/** What the tenant chose for Good Friday; null when it chose nothing. */
const goodFriday = sql<GoodFridayChoice | null>`
  (SELECT t.settings ->> 'goodFriday' FROM tenant t WHERE t.id = c.tenant_id)`;

const everyCampaign = query
  .selectFrom('campaign as c')
  .select(['id', 'name', 'purpose', 'profile', 'status', 'sender', 'sealed', 'audience', 'accountId'])
  .select(['route', 'brandId', 'startAt', 'expireAt', 'localTime', 'spreadDays', 'scheduledUnder'])
  .select(['marginMs', 'ratePerSecond', 'maxParts', 'budget', 'price', 'currency', 'revision'])
  .select(['launchedRevision', 'parkedBecause', 'parkedCode', 'frozenAt', 'source', 'author'])
  .select(['createdAt', 'launchedAt', 'endedAt'])
  .select(goodFriday.as('goodFriday'))
  .$narrowType<{ status: CampaignStatus; audience: Audience; route: CampaignRoute | null }>();

/** A stored campaign; instants are ISO 8601. */
export type Campaign = ResultOf<typeof everyCampaign>;

/** Reads a campaign; undefined when it is another tenant's or does not exist. */
export async function readCampaign(tx: Transaction, id: string): Promise<Campaign | undefined> {
  return tx.first(everyCampaign.where('id', '=', id));
}

/** Reads campaigns by their ids. */
export async function readCampaignsOf(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Campaign>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.rows(everyCampaign.where('id', '=', anyOf(ids, 'uuid')));
  return new Map(rows.map((campaign) => [campaign.id, campaign]));
}

export async function lockCampaign(tx: Transaction, id: string): Promise<Campaign | undefined> {
  return tx.first(everyCampaign.where('id', '=', id).forUpdate());
}

/** Reads a page of campaigns in order of creation. */
export async function readCampaigns(
  tx: Transaction,
  { after = BEFORE_ALL, limit }: Page,
): Promise<Campaign[]> {
  const own = everyCampaign.where('tenantId', '=', tx.tenantId).where('id', '>', after);
  return tx.rows(own.orderBy('id').limit(limit));
}

/** Reads launched campaigns whose audience is not frozen yet, soonest first. */
export const readUnfrozen = (tx: Transaction, most: number): Promise<Campaign[]> => {
  const launched = everyCampaign
    .where('tenantId', '=', tx.tenantId)
    .where('launchedAt', 'is not', null)
    .where('frozenAt', 'is', null)
    .where('status', 'in', ['scheduled', 'running', 'paused', 'parked']);
  const soonest = launched.orderBy('startAt', (at) => at.asc().nullsFirst());
  return tx.rows(soonest.orderBy('id').limit(most));
};

/** Reads the newest unfinished campaigns, and their total. */
export async function openCampaigns(tx: Transaction, most: number) {
  const open = everyCampaign
    .select(({ fn }) => fn.countAll<number>().over().as('open'))
    .where('tenantId', '=', tx.tenantId)
    .where('status', 'not in', ['finished', 'cancelled']);
  const rows = await tx.rows(open.orderBy('id', 'desc').limit(most));
  return { campaigns: rows, open: rows[0]?.open ?? 0 };
}

const campaignsRows = computedRows({ campaigns: col.number() });

/** Counts the unfinished campaigns that need a sender. */
export async function campaignsUnder(tx: Transaction, sender: string): Promise<number> {
  const row = await tx.first(campaignsRows.sql`
    SELECT count(*)::int AS campaigns FROM campaign c
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.status NOT IN ('finished', 'cancelled') AND c.sender = ${sender}`);
  return row?.campaigns ?? 0;
}

/** Reads the ids of a page of launched and unfinished campaigns, in order. */
export async function underWayAfter(
  tx: Transaction,
  { after, most }: { readonly after: string | undefined; readonly most: number },
): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT c.id FROM campaign c
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.status NOT IN ('draft', 'finished', 'cancelled')
       AND (${after ?? null}::uuid IS NULL OR c.id > ${after ?? null}::uuid)
     ORDER BY c.id LIMIT ${most}`);
  return rows.map(({ id }) => id);
}

/** Sets the profile of all unfinished advertising; a draft gets a new revision, and so needs a new approval. */
export const takeProfile = (
  tx: Transaction,
  { profile, at }: { readonly profile: string; readonly at: string },
): Promise<unknown> =>
  tx.run(sql`
    UPDATE campaign SET profile = ${profile}, updated_at = ${at}::timestamptz,
           revision = CASE WHEN status = 'draft' THEN revision + 1 ELSE revision END
     WHERE tenant_id = ${tx.tenantId}::uuid AND purpose = 'marketing' AND status NOT IN ('finished', 'cancelled') AND profile <> ${profile}`);

/** The fields that the author of a draft may still change. */
export type DraftFields = Pick<
  Campaign,
  | 'name'
  | 'purpose'
  | 'profile'
  | 'sender'
  | 'sealed'
  | 'audience'
  | 'accountId'
  | 'route'
  | 'brandId'
  | 'startAt'
  | 'expireAt'
  | 'localTime'
  | 'spreadDays'
  | 'marginMs'
  | 'ratePerSecond'
  | 'maxParts'
  | 'budget'
  | 'price'
  | 'currency'
>;

export async function insertCampaign(
  tx: Transaction,
  draft: DraftFields &
    Pick<Campaign, 'id' | 'source' | 'author' | 'createdAt'> & { readonly simulated: boolean },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO campaign (id, tenant_id, brand_id, account_id, route, name, purpose, profile, status, sender, sealed, audience, start_at,
      expire_at, local_time, spread_days, margin_ms, rate_per_second, max_parts, budget, price, currency, source, author, simulated, created_at, updated_at)
    VALUES (${draft.id}, ${tx.tenantId}, ${draft.brandId}, ${draft.accountId}, ${JSON.stringify(draft.route)}::jsonb, ${draft.name}, ${draft.purpose}, ${draft.profile}, 'draft',
      ${draft.sender}, ${draft.sealed}, ${JSON.stringify(draft.audience)}::jsonb, ${draft.startAt}, ${draft.expireAt},
      ${draft.localTime}, ${draft.spreadDays}, ${draft.marginMs},
      ${draft.ratePerSecond}, ${draft.maxParts}, ${draft.budget}, ${draft.price}, ${draft.currency}, ${draft.source}, ${draft.author}, ${draft.simulated},
      ${draft.createdAt}, ${draft.createdAt})`);
}

export async function updateDraft(
  tx: Transaction,
  { id, draft, at }: { readonly id: string; readonly draft: DraftFields; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    UPDATE campaign SET name = ${draft.name}, purpose = ${draft.purpose}, profile = ${draft.profile}, sender = ${draft.sender},
           sealed = ${draft.sealed}, audience = ${JSON.stringify(draft.audience)}::jsonb, account_id = ${draft.accountId}, route = ${JSON.stringify(draft.route)}::jsonb,
           brand_id = ${draft.brandId}, start_at = ${draft.startAt}, expire_at = ${draft.expireAt},
           local_time = ${draft.localTime}, spread_days = ${draft.spreadDays}, margin_ms = ${draft.marginMs},
           rate_per_second = ${draft.ratePerSecond}, max_parts = ${draft.maxParts}, budget = ${draft.budget}, price = ${draft.price},
           currency = ${draft.currency}, revision = revision + 1, updated_at = ${at}
     WHERE id = ${id}::uuid AND status = 'draft'`);
}

/** Changes the limits of a launched campaign; marks under its old revision fail from then on. */
export async function updateLimits(
  tx: Transaction,
  about: {
    readonly id: string;
    readonly limits: Pick<Campaign, 'ratePerSecond' | 'budget' | 'price' | 'currency' | 'expireAt'>;
    readonly at: string;
  },
): Promise<void> {
  const { id, limits, at } = about;
  await tx.run(sql`
    UPDATE campaign SET rate_per_second = ${limits.ratePerSecond}, budget = ${limits.budget}, price = ${limits.price},
           currency = ${limits.currency}, expire_at = ${limits.expireAt}, revision = revision + 1, updated_at = ${at}
     WHERE id = ${id}::uuid`);
}

/** Changes the status of a campaign that the transaction has locked; marks under its old revision fail from then on. */
export async function moveCampaign(
  tx: Transaction,
  id: string,
  about: {
    readonly to: CampaignStatus;
    /** ISO instant of the law clock. */
    readonly at: string;
    readonly parkedBecause?: string | undefined;
    /** Revision of the law clock, stored while the campaign waits for its start. */
    readonly clockRevision?: number;
  },
): Promise<void> {
  const { to, at, parkedBecause, clockRevision } = about;
  await tx.run(sql`
    UPDATE campaign SET status = ${to}, revision = revision + 1, parked_because = ${parkedBecause ?? null}, parked_code = NULL, updated_at = ${at}::timestamptz,
           scheduled_under = ${to === 'scheduled' ? (clockRevision ?? null) : null}::int,
           launched_at = CASE WHEN ${to} IN ('scheduled', 'running') THEN coalesce(launched_at, ${at}::timestamptz) ELSE launched_at END,
           launched_revision = CASE WHEN ${to} IN ('scheduled', 'running') AND launched_at IS NULL THEN revision ELSE launched_revision END,
           ended_at = CASE WHEN ${to} IN ('cancelled', 'finished') THEN ${at}::timestamptz END
     WHERE id = ${id}::uuid`);
}

/** Stores until when a campaign waits, for the scheduler, and why, for people. */
export async function keepCampaignPlan(
  tx: Transaction,
  id: string,
  plan: { readonly nextActionAt: string | null; readonly waiting: unknown },
): Promise<void> {
  await tx.run(sql`
    UPDATE campaign SET next_action_at = ${plan.nextActionAt}::timestamptz, woken_at = NULL,
           waiting = ${plan.waiting === null ? null : JSON.stringify(plan.waiting)}::jsonb
     WHERE id = ${id}::uuid`);
}

const surroundings = query
  .selectFrom('tenant')
  .select(['name as tenantName', 'sender as tenantSender', 'complete', 'sector', 'profile', 'locale'])
  .select(['timeZone', 'domains', 'settings'])
  .$narrowType<Pick<Tenant, 'settings'>>();

/** The settings of the tenant that matter to its campaigns. */
export type Surroundings = ResultOf<typeof surroundings>;

/** Reads the settings of the tenant that matter to its campaigns. */
export async function readSurroundings(tx: Transaction): Promise<Surroundings> {
  const row = await tx.first(surroundings.where('id', '=', tx.tenantId));
  if (row === undefined) throw new TenantGone(`tenant ${tx.tenantId} is not there`);
  return row;
}

class TenantGone extends Error {
  override readonly name = 'TenantGone';
}

const campaignAccountRows = rowsOf('gateway_account', ['name', 'fake', 'ratePerSecond']).with({
  id: col.text(),
  proven: col.flag(),
  /** True when the account answered at the last check. */
  isUp: col.flag(),
});

export type CampaignAccount = RowOf<typeof campaignAccountRows>;

/** Reads accounts by their ids. */
export async function readAccounts(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CampaignAccount>> {
  const rows = await tx.rows(accountsWhere(sql`id = ANY (${ids}::uuid[])`));
  return new Map(rows.map((account) => [account.id, account]));
}

/** Reads the accounts that have one of these ids or names. */
export const readAccountsNamed = (
  tx: Transaction,
  { ids, names }: { readonly ids: readonly string[]; readonly names: readonly string[] },
): Promise<CampaignAccount[]> =>
  tx.rows(accountsWhere(sql`id = ANY (${ids}::uuid[]) OR name = ANY (${names}::text[])`));

/** Reads an account by its name or id. */
export async function readAccount(
  tx: Transaction,
  by: { readonly name: string } | { readonly id: string },
): Promise<CampaignAccount | undefined> {
  return tx.first(accountsWhere('name' in by ? sql`name = ${by.name}` : sql`id = ${by.id}::uuid`));
}

const accountsWhere = (which: RawBuilder<unknown>) => campaignAccountRows.sql`
    SELECT id, name, fake, rate_per_second AS "ratePerSecond", state IN ('up', 'unknown') AS "isUp",
           proven_at IS NOT NULL AND NOT ${SILENT} AS proven FROM gateway_account g WHERE ${which}`;

const brands = query.selectFrom('brand').select(['id', 'name', 'sender']);

export type CampaignBrand = ResultOf<typeof brands>;

/** Reads the brand with an id; without one, the brands of the tenant, two at most. */
export async function readBrands(tx: Transaction, id: string | undefined): Promise<CampaignBrand[]> {
  const own = brands.where('tenantId', '=', tx.tenantId).limit(2);
  return tx.rows(id === undefined ? own : own.where('id', '=', id));
}

const unknownRows = computedRows({ unknown: col.number() });

/** Counts the ids that belong to no contact of this tenant. */
export async function unknownContacts(tx: Transaction, ids: readonly string[]): Promise<number> {
  const row = await tx.first(unknownRows.sql`
    SELECT count(*)::int AS unknown FROM unnest(${ids}::uuid[]) AS asked(id)
     WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = asked.id)`);
  return row?.unknown ?? 0;
}

/** Reads the kind and state of an import; undefined when there is none. */
export const namedImport = (tx: Transaction, id: string) =>
  tx.first(query.selectFrom('import').select(['kind', 'state']).where('id', '=', id));

/** The condition that account `g` sent messages for 30 days without a receipt: its callbacks may be lost. */
const SILENT = sql`EXISTS (
  SELECT FROM batch b WHERE b.account_id = g.id AND b.size > 0
     AND b.created_at BETWEEN greatest(g.last_receipt_at, g.proven_at) AND clock_timestamp() - interval '30 days')`;

const unprovenPathRows = computedRows({
  gateway: col.of('gateway_account', 'name'),
  /** True when no STOP ever came back through it; else one did, and then nothing came for a month. */
  never: col.flag(),
});

/** Reads the real accounts without a proven way back, by which the tenant sends advertising, or sent it within 90 days. */
const unprovenPaths = (tx: Transaction) =>
  tx.rows(unprovenPathRows.sql`
    SELECT g.name AS gateway, g.proven_at IS NULL AS never FROM gateway_account g
     WHERE NOT g.fake AND (g.proven_at IS NULL OR ${SILENT})
       AND EXISTS (SELECT FROM campaign c WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.account_id = g.id AND c.purpose = 'marketing'
         AND (c.status NOT IN ('finished', 'cancelled') OR c.created_at > clock_timestamp() - interval '90 days'))
     ORDER BY g.name`);

const REPEATED_AFTER_HOURS = 24;

/** Notifies each tenant, once a day, of its accounts that may carry no advertising until a STOP comes back. */
export async function watchStopPaths({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Promise<void> {
  for await (const tenantId of everyTenant((work) => database.outside(work)))
    await database.withTenant(tenantId, async (tx) => {
      const news = (await unprovenPaths(tx)).map(({ gateway, never }) => ({
        type: 'gateway.stop-unproven' as const,
        subject: null,
        about: { gateway, code: never ? 'NEVER_PROVEN' : 'SILENT' },
      }));
      await raiseOfAccounts(tx, news, { at: clock.now().toISO(), quietHours: REPEATED_AFTER_HOURS });
    });
}
