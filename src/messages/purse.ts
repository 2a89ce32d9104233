import type { Database } from '../database/connection.ts';
import type { BatchRun } from './batch-run.repository.ts';
import { releaseReserved, reserveParts, type Spender } from './budget.repository.ts';
import type { Prepared } from './prepared.ts';

/** The parts that so many messages cost; who is excluded costs nothing. */
export const partsOf = (rows: readonly Prepared[]): number =>
  rows.reduce((sum, { composed }) => sum + (composed.kind === 'text' ? composed.parts : 0), 0);

/** The decimal price of a part, where a batch keeps account of what it spends. */
export const priceOf = ({ order }: BatchRun): string | null =>
  order.kind === 'campaign' && order.price !== null && Number(order.price) > 0 ? order.price : null;

/** Whether what a batch spends has a bound. */
export const isBudgeted = (run: BatchRun): boolean =>
  run.order.kind === 'campaign' && run.order.budget !== null && priceOf(run) !== null;

/** What one attempt may spend of its campaign's budget; without a budget, everything. */
export class Purse {
  readonly #database: Database;
  readonly #tenantId: string;
  readonly #spender: Spender | undefined;
  #left = 0;
  #reserving: Promise<boolean> | undefined;

  constructor(database: Database, run: BatchRun, epoch: number) {
    this.#database = database;
    this.#tenantId = run.tenantId;
    this.#spender =
      run.order.kind === 'campaign' && isBudgeted(run)
        ? { campaignId: run.order.campaignId, batchId: run.batchId, epoch }
        : undefined;
  }

  /**
   * Pays for the first of these rows, as many as it can; reserves for those ahead when it runs out.
   *
   * Pays for none: `elsewhere` tells whether other batches may give something back.
   */
  async pay(
    rows: readonly Prepared[],
    ahead: readonly Prepared[],
  ): Promise<{ readonly paid: number; readonly elsewhere: boolean }> {
    if (this.#spender === undefined) return { paid: rows.length, elsewhere: false };
    const short = this.#fitting(rows) < rows.length;
    const elsewhere = short && (await this.#reserve(this.#spender, partsOf(ahead)));
    const paid = this.#fitting(rows);
    this.#left -= partsOf(rows.slice(0, paid));
    return { paid, elsewhere };
  }

  /** Takes back what was paid for messages that were not marked. */
  refund(parts: number): void {
    this.#left += parts;
  }

  /** Gives the campaign back what is left. */
  async close(): Promise<void> {
    const spender = this.#spender;
    if (spender === undefined) return;
    this.#left = 0;
    await this.#database.withTenant(this.#tenantId, (tx) => releaseReserved(tx, spender));
  }

  /** Those who run out at the same moment reserve once. */
  #reserve(spender: Spender, parts: number): Promise<boolean> {
    this.#reserving ??= this.#database
      .withTenant(this.#tenantId, (tx) => reserveParts(tx, spender, parts))
      .then((reserved) => {
        this.#left += reserved.parts;
        return reserved.elsewhere;
      })
      .finally(() => {
        this.#reserving = undefined;
      });
    return this.#reserving;
  }

  /** How many of the first rows what is left can pay for. */
  #fitting(rows: readonly Prepared[]): number {
    let parts = 0;
    const over = rows.findIndex((row) => {
      parts += partsOf([row]);
      return parts > this.#left;
    });
    return over === -1 ? rows.length : over;
  }
}
