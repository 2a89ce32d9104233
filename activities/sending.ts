import type { Plan } from '../src/platform/index.ts';
import { beating, orElsewhere, answering, type ActivityBounds, type StopSignals } from './attempt.ts';

export interface BatchIds {
  readonly tenantId: string;
  readonly batchId: string;
}

export interface SendingPort {
  planShard(batch: BatchIds, attempt: ActivityBounds): Promise<Plan>;
  /** Sends for a minute or so; returns the next plan. */
  sendChunk(batch: BatchIds, attempt: ActivityBounds): Promise<Plan>;
  /** Sends the answers owed to people who wrote STOP or CONTACT, or asked for a code. */
  sendAcknowledgements(tenant: { readonly tenantId: string }, attempt: ActivityBounds): Promise<Plan>;
}

/** Creates the activities of the send path. */
export const createSendingActivities = (sending: SendingPort, ending: StopSignals) => ({
  planShard: (batch: BatchIds) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => sending.planShard(batch, attempt)))),
  sendChunk: (batch: BatchIds) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => sending.sendChunk(batch, attempt)))),
  sendAcknowledgements: (tenant: { readonly tenantId: string }) =>
    answering(() =>
      beating(ending, (attempt) => orElsewhere(() => sending.sendAcknowledgements(tenant, attempt))),
    ),
});

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

/** Creates `freezeAudience`, `planCampaign` and `closeCampaign`; all send heartbeats. */
export const createCampaignActivities = (campaigns: CampaignPort, ending: StopSignals) => ({
  freezeAudience: (campaign: CampaignIds) =>
    answering(() => beating(ending, (attempt) => campaigns.freezeAudience(campaign, attempt))),
  planCampaign: (campaign: CampaignIds) =>
    answering(() => beating(ending, () => campaigns.planCampaign(campaign))),
  closeCampaign: (campaign: CampaignIds) =>
    answering(() => beating(ending, () => campaigns.closeCampaign(campaign))),
});

interface SeriesToPlan {
  readonly tenantId: string;
  readonly seriesId: string;
}

export interface ReminderPort {
  planSeries(series: SeriesToPlan, attempt: ActivityBounds): Promise<Plan>;
  /** Sends the due step, or gives the reason why not; returns the next plan. */
  sendStep(series: SeriesToPlan, attempt: ActivityBounds): Promise<Plan>;
  /** Closes the row under the planned revision; another plan than `done` when it changed meanwhile. */
  endSeries(series: SeriesToPlan, attempt: ActivityBounds): Promise<Plan>;
}

/** Creates the activities of a reminder series. */
export const createReminderActivities = (reminders: ReminderPort, ending: StopSignals) => ({
  planSeries: (series: SeriesToPlan) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => reminders.planSeries(series, attempt)))),
  sendStep: (series: SeriesToPlan) =>
    answering(() => beating(ending, (attempt) => orElsewhere(() => reminders.sendStep(series, attempt)))),
  endSeries: (series: SeriesToPlan) =>
    answering(() => beating(ending, (attempt) => reminders.endSeries(series, attempt))),
});
