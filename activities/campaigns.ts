import type { Plan } from '../src/platform/index.ts';
import { type ActivityBounds, beating, type StopSignals } from './attempt.ts';
import { answering } from './refusal.ts';

export interface CampaignIds {
  readonly tenantId: string;
  readonly campaignId: string;
}

/** An unfinished share of a campaign. */
export interface ShardToSend {
  readonly batchId: string;
  readonly shard: number;
  readonly territory: string;
  readonly timeZone?: string;
}

export interface CampaignPort {
  /** Makes the audience's rows once; returns the unfinished shards. */
  freezeAudience(
    campaign: CampaignIds,
    attempt: ActivityBounds,
  ): Promise<{ readonly shards: readonly ShardToSend[] }>;
  planCampaign(campaign: CampaignIds): Promise<Plan>;
  /** Closes the accounts: `send` while a shard is still open, `done` after it. */
  closeCampaign(campaign: CampaignIds): Promise<Plan>;
}

/** Creates the activities of a campaign. */
export const createCampaignActivities = (campaigns: CampaignPort, ending: StopSignals) => ({
  freezeAudience: (campaign: CampaignIds) =>
    answering(() => beating(ending, (attempt) => campaigns.freezeAudience(campaign, attempt))),
  planCampaign: (campaign: CampaignIds) =>
    answering(() => beating(ending, () => campaigns.planCampaign(campaign))),
  closeCampaign: (campaign: CampaignIds) =>
    answering(() => beating(ending, () => campaigns.closeCampaign(campaign))),
});
