import { col, computedRows, type RowOf, type Transaction } from '../../platform/index.ts';

const webhookSumRows = computedRows({
  delivered: col.number(),
  /** Count of failed attempts to be repeated. */
  retried: col.number(),
  /** Count of deliveries given up after three days. */
  failed: col.number(),
  pending: col.number(),
  /** Count of endpoints whose last attempt failed. */
  failing: col.number(),
});

/** Count of deliveries to tenants' webhooks by outcome. */
export type WebhookSum = RowOf<typeof webhookSumRows>;

/** Sums the deliveries of the whole instance. */
export const webhookSum = (tx: Transaction): Promise<WebhookSum | undefined> =>
  tx.first(webhookSumRows.sql`SELECT delivered, retried, failed, pending, failing FROM webhook_sums()`);
