import { Refusal, refusalTitle } from '../src/platform/index.ts';
import { beating, type StopSignals } from './attempt.ts';
import type { Order } from '../workflows/messages.ts';
import type { Language } from '../src/words/index.ts';

/** An operator's order, given on Temporal's page. */
export interface GivenOrder {
  readonly tenantId: string;
  readonly workflow: 'campaign' | 'reminderSeries';
  readonly id: string;
  readonly order: Order;
}

/** The row's answer to an order; `refused` gives the reason. */
export interface OrderAnswer {
  readonly refused?: string;
}

export interface OrderPort {
  /** Changes the row and audits it, actor `temporal`; throws a Refusal when the row's state does not allow it. */
  obey(order: GivenOrder): Promise<void>;
  /** The language of the tenant, in which its operators read Temporal's page. */
  language(tenantId: string): Promise<Language>;
}

/** Creates the activity of operators' orders. */
export const createOrderActivities = (orders: OrderPort, ending: StopSignals) => ({
  /** A refused order is an answer that the page shows: nobody waits for it. */
  obeyOrder: async (order: GivenOrder): Promise<OrderAnswer> => {
    try {
      await beating(ending, () => orders.obey(order));
      return {};
    } catch (cause) {
      if (cause instanceof Refusal)
        return { refused: refusalTitle(cause.code, await orders.language(order.tenantId)) };
      throw cause;
    }
  },
});
