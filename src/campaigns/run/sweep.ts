import type { DateTime } from 'luxon';
import type { Clock, Database } from '../../platform/index.ts';
import { endReady } from '../../sending/index.ts';
import { hasEnded } from '../draft/campaign-end.ts';
import type { CampaignKey } from '../campaign-key.ts';
import type { Campaign } from '../campaign.repository.ts';
import { readyBatches } from './sweep.repository.ts';

/** The reasons why ready messages will not be sent any more. */
export type SweepCause = 'CANCELLED' | 'EXPIRE_AT';

/** Returns the reason why a campaign's ready messages are ended now; undefined without one. */
export function sweepCause(campaign: Campaign, now: DateTime): SweepCause | undefined {
  if (campaign.status === 'cancelled') return 'CANCELLED';
  return hasEnded(campaign, now) ? 'EXPIRE_AT' : undefined;
}

/** Ends all ready messages, 5,000 rows a transaction; safe to stop and to run again. Returns their number. */
export async function sweepCampaign(
  deps: { readonly database: Database; readonly clock: Clock },
  { tenantId, campaignId }: CampaignKey,
  cause: SweepCause,
): Promise<number> {
  const state = cause === 'CANCELLED' ? 'excluded' : 'expired';
  const batches = await deps.database.withTenant(tenantId, (tx) => readyBatches(tx, campaignId));
  let swept = 0;
  for (const batchId of batches) {
    let ended: number;
    do {
      const ending = { batchId, state, reason: cause, at: deps.clock.now().toISO() } as const;
      ended = await deps.database.withTenant(tenantId, (tx) => endReady(tx, ending));
      swept += ended;
    } while (ended > 0);
  }
  return swept;
}
