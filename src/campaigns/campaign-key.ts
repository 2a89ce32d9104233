/** The id of a campaign, with its tenant. */
export interface CampaignKey {
  readonly tenantId: string;
  readonly campaignId: string;
}
