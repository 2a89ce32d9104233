import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Stores that a campaign will not finish within one window, for the metrics of the instance. */
export async function noteLateForecast(tx: Transaction, campaignId: string): Promise<void> {
  await tx.run(sql`UPDATE campaign SET forecast_late = true WHERE id = ${campaignId}::uuid`);
}
