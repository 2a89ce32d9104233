import { type Clock, type Database, type Transaction, measureMessages } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { isOver, type CampaignKey } from '../campaign.ts';
import { TERRITORIES } from '../../rule/index.ts';
import { readAccount, readCampaign, type Campaign } from '../campaign.repository.ts';
import {
  awaitFreeze,
  insertShard,
  markFrozen,
  openShards,
  pictureAudience,
  type FrozenPlace,
} from './freeze.repository.ts';
import { raiseLateForecast } from '../run/view.ts';
import { readableAudience } from './series-audience.ts';
import { sweepCampaign, sweepCause } from '../run/order.ts';

/** People of one batch: with more its workflow would wait long, with fewer the overhead would be large. */
const LARGEST_SHARD = 50_000;

export interface FreezeDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** A UUIDv7 of machine time. */
  readonly newId: () => string;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
}

/**
 * Makes one message for each person of the audience, once, in one transaction; returns the unfinished batches. A crash
 * leaves nothing, and a second call finds the result of the first. It may take minutes, but locks the campaign only at
 * its end: a pause, a cancellation or a change of limits does not wait for it.
 */
export async function freezeAudience(deps: FreezeDeps, key: CampaignKey) {
  const { tenantId, campaignId } = key;
  await freezeOnce(deps, key);
  const cause = await deps.database.withTenant(tenantId, async (tx) => {
    const campaign = await readCampaign(tx, campaignId);
    return campaign && sweepCause(campaign, deps.clock.now());
  });
  if (cause !== undefined) await sweepCampaign(deps, key, cause);
  return { shards: await deps.database.withTenant(tenantId, (tx) => openShards(tx, campaignId)) };
}

async function freezeOnce(deps: FreezeDeps, { tenantId, campaignId }: CampaignKey): Promise<void> {
  try {
    await deps.database.withTenant(tenantId, async (tx) => {
      await awaitFreeze(tx, campaignId);
      const campaign = await readCampaign(tx, campaignId);
      if (isToFreeze(campaign)) await freeze(tx, deps, campaign);
    });
  } catch (cause) {
    if (!(cause instanceof EndedMeanwhile)) throw cause;
  }
}

const isToFreeze = (campaign: Campaign | undefined): campaign is Campaign =>
  campaign !== undefined &&
  campaign.frozenAt === null &&
  campaign.launchedAt !== null &&
  !isOver(campaign.status);

/** Thrown to roll the freeze back when the campaign ended meanwhile. */
class EndedMeanwhile extends Error {
  override readonly name = 'EndedMeanwhile';
}

async function freeze(
  tx: Transaction,
  { clock, newId, keysOf }: FreezeDeps,
  campaign: Campaign,
): Promise<void> {
  const at = clock.now().toISO();
  const { purpose, brandId, accountId, id: campaignId } = campaign;
  const keys = (): Promise<TenantKeys> => keysOf(tx.tenantId);
  const audience = await readableAudience(tx, keys, { audience: campaign.audience, at });
  const account = await readAccount(tx, { id: accountId });
  const fake = account?.fake === true;
  const places = await pictureAudience(tx, { audience, purpose, brandId, fake, at });
  const shards = shardsOf(places, { newId, days: campaign.spreadDays ?? 1 });
  for (const shard of shards) {
    if (!isToFreeze(await readCampaign(tx, campaignId))) throw new EndedMeanwhile();
    await insertShard(tx, { campaignId, purpose, at, ...accountFor(campaign, shard.territory) }, shard);
  }
  const [first] = shards;
  if (first !== undefined) await measureMessages(tx, first.id);
  if (!(await markFrozen(tx, campaignId, at))) throw new EndedMeanwhile();
  await raiseLateForecast(tx, campaignId, { now: clock.now(), language: 'fr' });
}

/** Returns the account for the people of one territory, and its price for a part if it differs from the usual one. */
const accountFor = ({ accountId, route }: Campaign, territory: string) => {
  const place = TERRITORIES.find((one) => one === territory);
  const own = place === undefined ? undefined : route?.byTerritory[place];
  return { accountId, price: null, ...own, routed: route?.routed === true };
};

/** Cuts each locality into days, and each day into batches of equal size with 50,000 people at most. */
export function shardsOf(
  places: readonly FrozenPlace[],
  { newId, days }: { readonly newId: () => string; readonly days: number },
) {
  const cuts = places.flatMap(({ territory, timeZone, count }) =>
    slices({ from: 1, to: count }, Math.min(days, count)).flatMap((part, day) =>
      slices(part, Math.ceil((part.to - part.from + 1) / LARGEST_SHARD)).map((slice) =>
        Object.assign({ territory, timeZone, day }, slice),
      ),
    ),
  );
  return cuts.map((cut, shard) => Object.assign({ id: newId(), shard }, cut));
}

/** Splits a range into consecutive parts whose sizes differ by one at most. */
function slices({ from, to }: { readonly from: number; readonly to: number }, parts: number) {
  const count = to - from + 1;
  return Array.from({ length: parts }, (_, part) => ({
    from: from + Math.floor((part * count) / parts),
    to: from + Math.floor(((part + 1) * count) / parts) - 1,
  }));
}
