import type { Campaign, CampaignAccount } from '../campaign.repository.ts';

/** Returns the lower of the campaign's and the account's rate, in messages a second; undefined without either. */
export function rateOf(
  campaign: Pick<Campaign, 'ratePerSecond'>,
  account: Pick<CampaignAccount, 'ratePerSecond'> | undefined,
): number | undefined {
  const limits = [campaign.ratePerSecond, account?.ratePerSecond].filter(
    (limit) => typeof limit === 'number',
  );
  return limits.length === 0 ? undefined : Math.min(...limits);
}
