import { amountOf, micros } from '../sms/money.ts';
import type { Database } from '../database/connection.ts';
import type { Tariff } from './account.ts';
import type { BatchRun } from './batch-run.repository.ts';
import { releaseReserved, reserve, type Spender } from './budget.repository.ts';
import type { Prepared } from './prepared.ts';

/** The parts that so many messages cost; who is excluded costs nothing. */
const partsOf = (rows: readonly Prepared[]): number =>
  rows.reduce((sum, { composed }) => sum + (composed.kind === 'text' ? composed.parts : 0), 0);

const costOf = (rows: readonly Prepared[], perPart: bigint): bigint => perPart * BigInt(partsOf(rows));

/** What a part costs that a batch marks, where it keeps account of what it spends. */
export const chargedAt = ({ order }: BatchRun, { price }: Tariff): string | null =>
  order.kind === 'campaign' && price !== undefined && Number(price.perPart) > 0 ? price.perPart : null;

/** The decimal price of a part that a campaign was made with, for submissions that do not say what they cost. */
export const priceOf = ({ order }: BatchRun): string | null =>
  order.kind === 'campaign' && order.price !== null && Number(order.price) > 0 ? order.price : null;

/** Whether what a batch spends has a bound. */
export const isBudgeted = ({ order }: BatchRun): boolean =>
  order.kind === 'campaign' && order.budget !== null;

/** What one attempt may spend of its campaign's budget; without a budget, everything. */
export class Purse {
  readonly #database: Database;
  readonly #tenantId: string;
  readonly #spender: Spender | undefined;
  readonly #currency: string;
  #left = 0n;
  #reserving: Promise<boolean> | undefined;

  constructor(database: Database, run: BatchRun, epoch: number) {
    this.#database = database;
    this.#tenantId = run.tenantId;
    this.#spender =
      run.order.kind === 'campaign' && isBudgeted(run)
        ? { campaignId: run.order.campaignId, batchId: run.batchId, epoch }
        : undefined;
    this.#currency = run.order.kind === 'campaign' ? run.order.currency : '';
  }

  /**
   * Pays for the first of these rows, as many as it can; reserves for those ahead when it runs out.
   *
   * Pays for none: `elsewhere` tells whether other batches may give something back. Without a price in the currency of
   * the budget nothing can be held to it, and nothing is paid for.
   */
  async pay(
    rows: readonly Prepared[],
    ahead: readonly Prepared[],
    { price }: Tariff,
  ): Promise<{ readonly paid: number; readonly elsewhere: boolean }> {
    if (this.#spender === undefined) return { paid: rows.length, elsewhere: false };
    if (price?.currency !== this.#currency) return { paid: 0, elsewhere: false };
    const perPart = micros(price.perPart);
    const short = this.#fitting(rows, perPart) < rows.length;
    const elsewhere = short && (await this.#reserve(this.#spender, costOf(ahead, perPart)));
    const paid = this.#fitting(rows, perPart);
    this.#left -= costOf(rows.slice(0, paid), perPart);
    return { paid, elsewhere };
  }

  /** Takes back what was paid for messages that were not marked. */
  refund(rows: readonly Prepared[], { price }: Tariff): void {
    if (this.#spender !== undefined && price !== undefined) this.#left += costOf(rows, micros(price.perPart));
  }

  /** Gives the campaign back what is left. */
  async close(): Promise<void> {
    const spender = this.#spender;
    if (spender === undefined) return;
    this.#left = 0n;
    await this.#database.withTenant(this.#tenantId, (tx) => releaseReserved(tx, spender));
  }

  /** Those who run out at the same moment reserve once. */
  #reserve(spender: Spender, cost: bigint): Promise<boolean> {
    this.#reserving ??= this.#database
      .withTenant(this.#tenantId, (tx) => reserve(tx, spender, amountOf(cost)))
      .then((reserved) => {
        this.#left += micros(reserved.amount);
        return reserved.elsewhere;
      })
      .finally(() => {
        this.#reserving = undefined;
      });
    return this.#reserving;
  }

  /** How many of the first rows what is left can pay for. */
  #fitting(rows: readonly Prepared[], perPart: bigint): number {
    let cost = 0n;
    const over = rows.findIndex((row) => {
      cost += costOf([row], perPart);
      return cost > this.#left;
    });
    return over === -1 ? rows.length : over;
  }
}
