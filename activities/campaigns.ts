import type { Plan } from '../src/platform/index.ts';
import { type Attempt, beating, type Ending } from './attempt.ts';
import { answering } from './refusal.ts';

/** One campaign of one tenant. */
export interface CampaignIds {
  readonly tenantId: string;
  readonly campaignId: string;
}

/** A share of a campaign that still holds somebody to serve. */
export interface OpenShard {
  readonly batchId: string;
  readonly shard: number;
  readonly territory: string;
  readonly timeZone?: string;
}

/** What conducting a campaign needs of the domain; all of it safe to repeat. */
export interface CampaignPort {
  /** Makes the audience's rows once; answers the shards that are not done. */
  freezeAudience(campaign: CampaignIds, attempt: Attempt): Promise<{ readonly shards: readonly OpenShard[] }>;
  planCampaign(campaign: CampaignIds): Promise<Plan>;
  /** `send` when a shard is still open, `done` once the accounts are closed. */
  closeCampaign(campaign: CampaignIds): Promise<Plan>;
}

/** The verbs of a campaign. */
export const createCampaignActivities = (campaigns: CampaignPort, ending: Ending) => ({
  freezeAudience: (campaign: CampaignIds) =>
    answering(() => beating(ending, (attempt) => campaigns.freezeAudience(campaign, attempt))),
  planCampaign: (campaign: CampaignIds) =>
    answering(() => beating(ending, () => campaigns.planCampaign(campaign))),
  closeCampaign: (campaign: CampaignIds) =>
    answering(() => beating(ending, () => campaigns.closeCampaign(campaign))),
});
