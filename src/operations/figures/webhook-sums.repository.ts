import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** What became of every delivery to the tenants' own systems. */
export interface WebhookSum {
  readonly delivered: number;
  /** Attempts that failed and are made again. */
  readonly retried: number;
  /** Given up after three days. */
  readonly failed: number;
  readonly pending: number;
  /** Endpoints whose last attempt failed. */
  readonly failing: number;
}

/** Sums the deliveries of the whole instance. */
export const webhookSum = (tx: Transaction): Promise<WebhookSum | undefined> =>
  tx.first(sql<WebhookSum>`SELECT delivered, retried, failed, pending, failing FROM webhook_sums()`);
