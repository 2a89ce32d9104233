import type { Transaction } from '../database/connection.ts';
import { costOfCampaign } from '../messages/cost.repository.ts';
import type { Cost } from '../messages/cost.ts';
import type { Money } from '../sms/money.ts';
import type { Campaign } from './campaign.repository.ts';
import { isRehearsed, readLastRehearsal } from './rehearsal.repository.ts';

/** What a campaign costs, beside what its rehearsal said. */
export interface CampaignCost extends Cost {
  /** By the last rehearsal of it as it stands, or as it was launched; null without one, or where that knew no price. */
  readonly estimated: Money | null;
}

/** What a campaign has cost so far, its trials aside, and what was foreseen. */
export async function campaignCost(tx: Transaction, campaign: Campaign): Promise<CampaignCost> {
  const kept = await readLastRehearsal(tx, campaign.id);
  const estimated = kept !== undefined && isRehearsed(kept, campaign) ? kept.report?.cost : null;
  return { estimated: estimated ?? null, ...(await costOfCampaign(tx, campaign.id)) };
}
