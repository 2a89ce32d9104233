import { Context, type Info } from '@temporalio/activity';
import { beating, answering, type StopSignals } from './attempt.ts';
import { Refusal, refusalTitle } from '../src/platform/index.ts';
import type { Order } from '../workflows/messages.ts';
import type { Language } from '../src/words/index.ts';

/** The cursor of a round: where the next call goes on; absent at the end. */
export interface Round {
  readonly after?: string;
}

/** One tenant, and the author of the order. */
export interface TenantToClean {
  readonly tenantId: string;
  readonly actor: string;
}

export interface HousekeepingPort {
  cleanTenant(tenant: TenantToClean): Promise<void>;
  /** Cleans a few tenants after one. */
  cleanTenants(round: Round): Promise<Round>;
  /** Cleans the rows that belong to no tenant. */
  cleanInstance(): Promise<void>;
}

/** Creates the activities of housekeeping; each may be repeated at any time. */
export const createHousekeepingActivities = (housekeeping: HousekeepingPort, ending: StopSignals) => ({
  cleanTenant: (tenant: TenantToClean) =>
    answering(() => beating(ending, () => housekeeping.cleanTenant(tenant))),
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
export const createOrderActivities = (orders: OrderPort, ending: StopSignals) => ({
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
