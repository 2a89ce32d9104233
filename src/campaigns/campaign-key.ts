/** Which campaign, of which tenant. */
export interface CampaignKey {
  readonly tenantId: string;
  readonly campaignId: string;
}
