import type { Plan } from '../src/platform/index.ts';
import { type Attempt, beating, type Ending } from './attempt.ts';
import { answering } from './refusal.ts';

export interface CampaignIds {
  readonly tenantId: string;
  readonly campaignId: string;
}

/** An unfinished share of a campaign. */
export interface OpenShard {
  readonly batchId: string;
  readonly shard: number;
  readonly territory: string;
  readonly timeZone?: string;
}

export interface CampaignPort {
  /** Makes the audience's rows once; returns the unfinished shards. */
  freezeAudience(campaign: CampaignIds, attempt: Attempt): Promise<{ readonly shards: readonly OpenShard[] }>;
  planCampaign(campaign: CampaignIds): Promise<Plan>;
  /** Closes the accounts: `send` while a shard is still open, `done` after it. */
  closeCampaign(campaign: CampaignIds): Promise<Plan>;
}

/** Creates the activities of a campaign. */
export const createCampaignActivities = (campaigns: CampaignPort, ending: Ending) => ({
  freezeAudience: (campaign: CampaignIds) =>
    answering(() => beating(ending, (attempt) => campaigns.freezeAudience(campaign, attempt))),
  planCampaign: (campaign: CampaignIds) =>
    answering(() => beating(ending, () => campaigns.planCampaign(campaign))),
  closeCampaign: (campaign: CampaignIds) =>
    answering(() => beating(ending, () => campaigns.closeCampaign(campaign))),
});
