import type { Campaign, CampaignAccount } from '../campaign.repository.ts';

/** The lower of what a campaign asks and what its account allows, in messages a second; none when neither says. */
export function rateOf(
  campaign: Pick<Campaign, 'ratePerSecond'>,
  account: Pick<CampaignAccount, 'ratePerSecond'> | undefined,
): number | undefined {
  const limits = [campaign.ratePerSecond, account?.ratePerSecond].filter(
    (limit) => typeof limit === 'number',
  );
  return limits.length === 0 ? undefined : Math.min(...limits);
}
