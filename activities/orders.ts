import { Refusal, refusalTitle } from '../src/platform/index.ts';
import { beating, type Ending } from './attempt.ts';
import type { Order } from '../workflows/messages.ts';
import type { Language } from '../src/words/index.ts';

/** An operator's order, given in Temporal's UI. */
export interface GivenOrder {
  readonly tenantId: string;
  readonly workflow: 'campaign' | 'reminderSeries';
  readonly id: string;
  readonly order: Order;
}

/** Whether the row took the order; `refused` says why not. */
export interface OrderAnswer {
  readonly refused?: string;
}

/** What writing an order to its row needs of the domain. */
export interface OrderPort {
  /** Moves the row and audits it, actor `temporal`; a Refusal when the row cannot move so. */
  obey(order: GivenOrder): Promise<void>;
  /** The tenant's, in which its operators read Temporal's page. */
  language(tenantId: string): Promise<Language>;
}

/** The verb of operators. */
export const createOrderActivities = (orders: OrderPort, ending: Ending) => ({
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
