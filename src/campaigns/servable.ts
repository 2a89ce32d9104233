import type { Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/tenant-keys.ts';
import type { Campaign, CampaignAccount } from './campaign.repository.ts';
import { servableByPlace, type FrozenPlace } from './freeze.repository.ts';
import { readableAudience } from './series-audience.ts';

/** Whom a campaign could write to if it were frozen now, by locality; nothing is kept of it. */
export async function servableNow(
  tx: Transaction,
  { keys, clock }: { readonly keys: TenantKeys; readonly clock: Clock },
  { campaign, account }: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<readonly FrozenPlace[]> {
  const { purpose, brandId } = campaign;
  const at = clock.now().toISO();
  const audience = await readableAudience(tx, () => Promise.resolve(keys), {
    audience: campaign.audience,
    at,
  });
  return servableByPlace(tx, { audience, purpose, brandId, fake: account.fake, at });
}
