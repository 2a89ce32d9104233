import { Context, type Info } from '@temporalio/activity';
import { type Plan, Refusal, refusalTitle } from '../src/platform/index.ts';
import type { Language } from '../src/words/index.ts';
import type { Order } from '../workflows/messages.ts';
import { beating, answering, type StopSignals, type ActivityBounds, orElsewhere } from './attempt.ts';

export interface ActivityDeps {
  readonly campaigns: CampaignPort;
  readonly sending: SendingPort;
  readonly reminders: ReminderPort;
  readonly imports: ImportPort;
  readonly orders: OrderPort;
  readonly erasures: ErasurePort;
  readonly housekeeping: HousekeepingPort;
  readonly ending: StopSignals;
}

interface ImportIds {
  readonly tenantId: string;
  readonly importId: string;
}

interface ImportPort {
  /** Reads on from the cursor for a minute or so; `send` while rows are left. */
  readImport(upload: ImportIds, attempt: ActivityBounds): Promise<Plan>;
}

const createImportActivities = (imports: ImportPort, ending: StopSignals) => ({
  readImport: (upload: ImportIds) =>
    answering(() => beating(ending, (attempt) => imports.readImport(upload, attempt))),
});

interface ErasureIds {
  readonly tenantId: string;
  readonly erasureId: string;
}

interface ErasurePort {
  /** Removes the remaining data of a person and certifies it; `wait` while a message is still with an operator. */
  eraseTraces(erasure: ErasureIds, attempt: ActivityBounds): Promise<Plan>;
}

const createErasureActivities = (erasures: ErasurePort, ending: StopSignals) => ({
  eraseTraces: (erasure: ErasureIds) =>
    answering(() => beating(ending, (attempt) => erasures.eraseTraces(erasure, attempt))),
});

/** Creates all activities. */
export const createActivities = ({ ending, ...ports }: ActivityDeps) => ({
  ...createCampaignActivities(ports.campaigns, ending),
  ...createSendingActivities(ports.sending, ending),
  ...createReminderActivities(ports.reminders, ending),
  ...createImportActivities(ports.imports, ending),
  ...createOrderActivities(ports.orders, ending),
  ...createErasureActivities(ports.erasures, ending),
  ...createHousekeepingActivities(ports.housekeeping, ending),
});

/** The activities, for workflows. */
export type Activities = ReturnType<typeof createActivities>;

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
const createSendingActivities = (sending: SendingPort, ending: StopSignals) => ({
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
const createCampaignActivities = (campaigns: CampaignPort, ending: StopSignals) => ({
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

/** The cursor of a round: where the next call goes on; absent at the end. */
interface Round {
  readonly after?: string;
}

/** One tenant, and the author of the order. */
interface TenantToClean {
  readonly tenantId: string;
  readonly actor: string;
}

export interface HousekeepingPort {
  cleanTenant(tenant: TenantToClean, attempt: ActivityBounds): Promise<void>;
  /** Cleans a few tenants after one. */
  cleanTenants(round: Round): Promise<Round>;
  /** Cleans the rows that belong to no tenant. */
  cleanInstance(): Promise<void>;
}

/** Creates the activities of housekeeping; each may be repeated at any time. */
const createHousekeepingActivities = (housekeeping: HousekeepingPort, ending: StopSignals) => ({
  cleanTenant: (tenant: TenantToClean) =>
    answering(() => beating(ending, (attempt) => housekeeping.cleanTenant(tenant, attempt))),
  cleanTenants: (round: Round) => answering(() => beating(ending, () => housekeeping.cleanTenants(round))),
  cleanInstance: () => answering(() => beating(ending, () => housekeeping.cleanInstance())),
});

/** An operator's order, given on Temporal's page. */
interface GivenOrder {
  readonly tenantId: string;
  readonly workflow: 'campaign' | 'reminderSeries';
  readonly id: string;
  readonly order: Order;
}

/** The row's answer to an order; `refused` gives the reason. */
interface OrderAnswer {
  readonly refused?: string;
}

export interface OrderPort {
  /**
   * Changes the row and audits it, actor `temporal`; throws a Refusal when the row's state does not allow it. An order
   * that was obeyed under the same id changes nothing.
   */
  obey(order: GivenOrder, orderId: string): Promise<void>;
  /** The language of the tenant, in which its operators read Temporal's page. */
  language(tenantId: string): Promise<Language>;
}

/** Returns what names an activity in all its attempts, on whichever worker. */
const idOfThis = ({ workflowExecution, activityId }: Info): string =>
  `${workflowExecution?.runId ?? ''}/${activityId}`;

/** Creates the activity of operators' orders. */
const createOrderActivities = (orders: OrderPort, ending: StopSignals) => ({
  /**
   * A refused order is an answer that the page shows: nobody waits for it. May be repeated: a worker that died before
   * it answered is followed by another run of the same order.
   */
  obeyOrder: async (order: GivenOrder): Promise<OrderAnswer> => {
    try {
      const orderId = idOfThis(Context.current().info);
      await beating(ending, () => orders.obey(order, orderId));
      return {};
    } catch (cause) {
      if (cause instanceof Refusal)
        return { refused: refusalTitle(cause.code, await orders.language(order.tenantId)) };
      throw cause;
    }
  },
});
