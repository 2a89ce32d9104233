import { addedBills, type Bill } from './bill.ts';

/** The bill of one account. */
export interface AccountBill extends Bill {
  readonly accountId: string;
}

/** The operators' counts, kept in this process until they are written down. */
export class Bills {
  #bills = new Map<string, Bill>();

  /** Adds an operator's counts of one call. */
  note(accountId: string, bill: Bill | undefined): void {
    if (bill === undefined) return;
    const known = this.#bills.get(accountId);
    this.#bills.set(accountId, known === undefined ? bill : addedBills(known, bill));
  }

  /** Passes the counts on; those that could not be written are kept for the next time. */
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
