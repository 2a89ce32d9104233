import { added, type Bill } from './bill.ts';

/** The bill of one account. */
export interface AccountBill extends Bill {
  readonly accountId: string;
}

/** What operators say they counted, kept in this process until it is written down. */
export class Bills {
  #bills = new Map<string, Bill>();

  /** Adds what an operator says of one call. */
  note(accountId: string, bill: Bill | undefined): void {
    if (bill === undefined) return;
    const known = this.#bills.get(accountId);
    this.#bills.set(accountId, known === undefined ? bill : added(known, bill));
  }

  /** Hands over what was noted; what could not be written is kept for the next time. */
  async hand(over: (bills: readonly AccountBill[]) => Promise<void>): Promise<void> {
    const bills = [...this.#bills].map(([accountId, bill]) => Object.assign({ accountId }, bill));
    this.#bills = new Map();
    try {
      await over(bills);
    } catch (cause) {
      for (const { accountId, ...bill } of bills) this.note(accountId, bill);
      throw cause;
    }
  }
}
