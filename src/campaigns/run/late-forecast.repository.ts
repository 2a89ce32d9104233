import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Keeps that a campaign will not leave within one window, for those who watch the instance. */
export async function noteLateForecast(tx: Transaction, campaignId: string): Promise<void> {
  await tx.run(sql`UPDATE campaign SET forecast_late = true WHERE id = ${campaignId}::uuid`);
}
