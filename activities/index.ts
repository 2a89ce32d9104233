import { Context } from '@temporalio/activity';
import { type Plan, Refusal, refusalTitle } from '../src/platform/index.ts';
import type { Language } from '../src/words/index.ts';
import type { Order } from '../workflows/messages.ts';
import { beating, answering, type StopSignals, type ActivityBounds, orElsewhere } from './attempt.ts';

/** The ids of a tenant and of one of its rows. */
export type Ids<Name extends string> = { readonly [Id in 'tenantId' | Name]: string };

export type BatchIds = Ids<'batchId'>;
export type CampaignIds = Ids<'campaignId'>;

export interface ShardToSend {
  readonly batchId: string;
  readonly shard: number;
  readonly territory: string;
  readonly timeZone?: string;
}

interface GivenOrder extends Ids<'id'> {
  readonly workflow: 'campaign' | 'reminderSeries';
  readonly order: Order;
}

/** One turn of the work of a tenant; returns its result, mostly the next plan. */
type Turn<Input, Result = Plan> = (input: Input, attempt: ActivityBounds) => Promise<Result>;

/** The work behind the activities; each may be repeated at any time. */
export interface ActivityDeps {
  readonly campaigns: {
    /** Makes the audience's rows once; returns the unfinished shards. */
    readonly freezeAudience: Turn<CampaignIds, { readonly shards: readonly ShardToSend[] }>;
    readonly planCampaign: Turn<CampaignIds>;
    /** Closes the accounts: `send` while a shard is still open, `done` after it. */
    readonly closeCampaign: Turn<CampaignIds>;
  };
  readonly sending: {
    readonly planShard: Turn<BatchIds>;
    readonly sendChunk: Turn<BatchIds>;
    /** Sends the answers owed to people who wrote STOP or CONTACT, or asked for a code. */
    readonly sendAcknowledgements: Turn<{ readonly tenantId: string }>;
  };
  readonly reminders: {
    readonly planSeries: Turn<Ids<'seriesId'>>;
    /** Sends the due step, or gives the reason why not. */
    readonly sendStep: Turn<Ids<'seriesId'>>;
    /** Closes the row under the planned revision; another plan than `done` when it changed meanwhile. */
    readonly endSeries: Turn<Ids<'seriesId'>>;
  };
  readonly imports: {
    /** Reads on from the cursor for a minute or so; `send` while rows are left. */
    readonly readImport: Turn<Ids<'importId'>>;
  };
  readonly erasures: {
    /** Removes the remaining data of a person and certifies it; `wait` while a message is still with an operator. */
    readonly eraseTraces: Turn<Ids<'erasureId'>>;
  };
  readonly housekeeping: {
    /** Cleans one tenant; the actor is the author of the order. */
    readonly cleanTenant: Turn<Ids<'actor'>, void>;
    /** Cleans a few tenants after one; returns where the next call goes on, nothing at the end. */
    readonly cleanTenants: (round: { readonly after?: string }) => Promise<{ readonly after?: string }>;
    /** Cleans the rows that belong to no tenant. */
    readonly cleanInstance: () => Promise<void>;
  };
  readonly orders: {
    /**
     * Changes the row and audits it, actor `temporal`; throws a Refusal when the row's state does not allow it. An order
     * that was obeyed under the same id changes nothing.
     */
    readonly obey: (order: GivenOrder, orderId: string) => Promise<void>;
    /** The language of the tenant, in which its operators read Temporal's page. */
    readonly language: (tenantId: string) => Promise<Language>;
  };
  readonly ending: StopSignals;
}

/** Creates all activities; all send heartbeats. */
export function createActivities(deps: ActivityDeps) {
  const { campaigns, sending, reminders, imports, erasures, housekeeping, orders, ending } = deps;
  const beats =
    <Input, Result>(turn: Turn<Input, Result>) =>
    (input: Input): Promise<Result> =>
      answering(() => beating(ending, (attempt) => turn(input, attempt)));
  const beatsHereOrElsewhere = <Input>(turn: Turn<Input>) =>
    beats((input: Input, attempt) => orElsewhere(() => turn(input, attempt)));
  return {
    freezeAudience: beats(campaigns.freezeAudience),
    planCampaign: beats(campaigns.planCampaign),
    closeCampaign: beats(campaigns.closeCampaign),
    planShard: beatsHereOrElsewhere(sending.planShard),
    sendChunk: beatsHereOrElsewhere(sending.sendChunk),
    sendAcknowledgements: beatsHereOrElsewhere(sending.sendAcknowledgements),
    planSeries: beatsHereOrElsewhere(reminders.planSeries),
    sendStep: beatsHereOrElsewhere(reminders.sendStep),
    endSeries: beats(reminders.endSeries),
    readImport: beats(imports.readImport),
    eraseTraces: beats(erasures.eraseTraces),
    cleanTenant: beats(housekeeping.cleanTenant),
    cleanTenants: beats(housekeeping.cleanTenants),
    cleanInstance: () => answering(() => beating(ending, housekeeping.cleanInstance)),
    /**
     * A refused order is an answer that the page shows: nobody waits for it. May be repeated: a worker that died before
     * it answered is followed by another run of the same order, under the same id.
     */
    obeyOrder: async (order: GivenOrder): Promise<{ readonly refused?: string }> => {
      try {
        const { workflowExecution, activityId } = Context.current().info;
        const orderId = `${workflowExecution?.runId ?? ''}/${activityId}`;
        await beating(ending, () => orders.obey(order, orderId));
        return {};
      } catch (cause) {
        if (cause instanceof Refusal)
          return { refused: refusalTitle(cause.code, await orders.language(order.tenantId)) };
        throw cause;
      }
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
