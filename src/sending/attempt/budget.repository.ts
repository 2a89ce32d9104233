import { sql } from 'kysely';
import { col, computedRows, type Database, type RowOf, type Transaction } from '../../platform/index.ts';
import { amountOf, micros } from '../../sms/index.ts';
import type { Tariff } from '../accounts/account.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import type { Prepared } from '../compose/composing-text.ts';

/** A batch that wants to spend, with the epoch of its owner. */
interface Spender {
  readonly campaignId: string;
  readonly batchId: string;
  readonly epoch: number;
}

const reservedRows = computedRows({
  /** A decimal in the currency of the budget. */
  amount: col.text(),
  /** True when other batches hold money that may still come back. */
  elsewhere: col.flag(),
});

const budgetRows = computedRows({ budget: col.of('campaign', 'budget').known() });

/**
 * Reserves up to such an amount for a batch, within the budget. Batches of one campaign ask one after the other;
 * spent and reserved amounts together never exceed the budget.
 */
export async function reserve(
  tx: Transaction,
  spender: Spender,
  wanted: string,
): Promise<RowOf<typeof reservedRows>> {
  const campaign = await tx.first(budgetRows.sql`
    SELECT budget FROM campaign WHERE id = ${spender.campaignId} AND budget IS NOT NULL FOR NO KEY UPDATE`);
  if (campaign === undefined) return { amount: '0', elsewhere: true };
  const row = await tx.first(reservedRows.sql`
    WITH used AS (
      SELECT sum(spent + reserved) AS all, sum(reserved) FILTER (WHERE id <> ${spender.batchId}) > 0 AS elsewhere
        FROM batch WHERE campaign_id = ${spender.campaignId})
    UPDATE batch b SET reserved = b.reserved + least(${wanted}::numeric, greatest(0, ${campaign.budget}::numeric - used.all))
      FROM used WHERE b.id = ${spender.batchId} AND b.epoch = ${spender.epoch}
    RETURNING (NEW.reserved - OLD.reserved)::text AS amount, coalesce(used.elsewhere, false) AS elsewhere`);
  return row ?? { amount: '0', elsewhere: true };
}

type Rows = readonly Prepared[];

/** Counts parts; excluded people have none and cost nothing. */
const partsOf = (rows: Rows): number =>
  rows.reduce((sum, { composed }) => sum + (composed.kind === 'text' ? composed.parts : 0), 0);

const costOf = (rows: Rows, perPart: bigint): bigint => perPart * BigInt(partsOf(rows));

/** Returns the price of a part that is charged at the mark; null where a batch is charged nothing. */
export const chargedAt = ({ order }: BatchRun, { price }: Tariff): string | null =>
  order.kind === 'campaign' && price !== undefined && Number(price.perPart) > 0 ? price.perPart : null;

/** Returns the decimal price of a part when the campaign was made, for submissions without their own. */
export const partPriceOf = ({ order }: BatchRun): string | null =>
  order.kind === 'campaign' && order.price !== null && Number(order.price) > 0 ? order.price : null;

export const isBudgeted = ({ order }: BatchRun): boolean =>
  order.kind === 'campaign' && order.budget !== null;

interface Paid {
  /** Count of rows, from the first on. */
  readonly paid: number;
  /** True when other batches may give something back. */
  readonly elsewhere: boolean;
}

/** One attempt's reservation from its campaign's budget; unlimited without a budget. */
export class BudgetReservation {
  readonly #database: Database;
  readonly #tenantId: string;
  readonly #spender: Spender | undefined;
  readonly #currency: string;
  #left = 0n;
  #reserving: Promise<Paid> | undefined;

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
   * Pays for the first of these rows, as many as possible; reserves for those ahead when the reservation runs out.
   * Without a price in the currency of the budget nothing can be compared with it, and nothing is paid for. Groups
   * of one batch pay concurrently: each that gets less than it asks for has asked the budget itself.
   */
  async pay(rows: Rows, ahead: Rows, { price }: Tariff): Promise<Paid> {
    if (this.#spender === undefined) return { paid: rows.length, elsewhere: false };
    if (price?.currency !== this.#currency) return { paid: 0, elsewhere: false };
    const perPart = micros(price.perPart);
    const isShort = (): boolean => this.#fitting(rows, perPart) < rows.length;
    // Another reservation under way may suffice for this batch too.
    while (isShort() && this.#reserving !== undefined) await this.#reserving;
    if (!isShort()) return { paid: this.#take(rows, perPart), elsewhere: false };
    this.#reserving = this.#reserve(this.#spender, { rows, ahead, perPart });
    return this.#reserving;
  }

  /** Takes back the payment for messages that were not marked. */
  refund(rows: Rows, { price }: Tariff): void {
    if (this.#spender !== undefined && price !== undefined) this.#left += costOf(rows, micros(price.perPart));
  }

  /** Returns the rest to the campaign. */
  async close(): Promise<void> {
    const spender = this.#spender;
    if (spender === undefined) return;
    this.#left = 0n;
    const { batchId, epoch } = spender;
    await this.#database.withTenant(this.#tenantId, (tx) =>
      tx.run(sql`
        UPDATE batch SET reserved = 0 WHERE id = ${batchId} AND epoch = ${epoch} AND reserved > 0`),
    );
  }

  /** Reserves, and takes of it before anybody else can. */
  async #reserve(
    spender: Spender,
    { rows, ahead, perPart }: { readonly rows: Rows; readonly ahead: Rows; readonly perPart: bigint },
  ): Promise<Paid> {
    try {
      const wanted = amountOf(costOf(ahead, perPart));
      const { amount, elsewhere } = await this.#database.withTenant(this.#tenantId, (tx) =>
        reserve(tx, spender, wanted),
      );
      this.#left += micros(amount);
      return { paid: this.#take(rows, perPart), elsewhere };
    } finally {
      this.#reserving = undefined;
    }
  }

  /** Pays for the first rows that the rest suffices for; returns their number. */
  #take(rows: Rows, perPart: bigint): number {
    const paid = this.#fitting(rows, perPart);
    this.#left -= costOf(rows.slice(0, paid), perPart);
    return paid;
  }

  /** Counts the first rows that the remaining reservation can pay for. */
  #fitting(rows: Rows, perPart: bigint): number {
    let cost = 0n;
    const over = rows.findIndex((row) => {
      cost += costOf([row], perPart);
      return cost > this.#left;
    });
    return over === -1 ? rows.length : over;
  }
}
