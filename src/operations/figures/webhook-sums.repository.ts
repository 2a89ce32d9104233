import { col, computedRows, type RowOf, type Transaction } from '../../platform/index.ts';

const webhookSumRows = computedRows({
  delivered: col.number(),
  /** Attempts that failed and are made again. */
  retried: col.number(),
  /** Given up after three days. */
  failed: col.number(),
  pending: col.number(),
  /** Endpoints whose last attempt failed. */
  failing: col.number(),
});

/** What became of every delivery to the tenants' own systems. */
export type WebhookSum = RowOf<typeof webhookSumRows>;

/** Sums the deliveries of the whole instance. */
export const webhookSum = (tx: Transaction): Promise<WebhookSum | undefined> =>
  tx.first(webhookSumRows.sql`SELECT delivered, retried, failed, pending, failing FROM webhook_sums()`);
