import type { Transaction } from '../../platform/index.ts';
import { costOfCampaign, costOfCampaignAtOnce, type Cost, type CostLine } from '../../sending/index.ts';
import type { Money } from '../../sms/index.ts';
import type { Campaign } from '../campaign.repository.ts';
import type { RehearsalReport } from '../rehearsal/rehearsal-report.ts';
import { isRehearsed, readLastRehearsal } from '../rehearsal/rehearsal.repository.ts';

/** What a campaign costs, beside what its rehearsal said. */
export interface CampaignCost extends Cost {
  /** By the last rehearsal of it as it stands, or as it was launched; null without one, or where that knew no price. */
  readonly estimated: Money | null;
  /** The same by account and territory; none without such a rehearsal. */
  readonly estimatedLines: readonly CostLine[];
}

/** Of so many messages the cost is counted within 40 ms: 18 µs each, measured on 300,000. */
export const COUNTED_IN_VIEW = 2_000;

/** What a campaign has cost so far, its trials aside, and what was foreseen. */
export async function campaignCost(tx: Transaction, campaign: Campaign): Promise<CampaignCost> {
  const report = await foreseen(tx, campaign);
  return {
    estimated: report?.cost ?? null,
    // A rehearsal of before it was told has none.
    estimatedLines: report?.costLines ?? [],
    ...(await costOfCampaign(tx, campaign.id)),
  };
}

/** The sums of it; null while more messages than a view may wait for would have to be counted. */
export async function costInView(
  tx: Transaction,
  campaign: Campaign,
): Promise<Pick<CampaignCost, 'estimated' | 'totals'> | null> {
  const cost = await costOfCampaignAtOnce(tx, campaign.id, COUNTED_IN_VIEW);
  if (cost === undefined) return null;
  return { estimated: (await foreseen(tx, campaign))?.cost ?? null, totals: cost.totals };
}

/** The last rehearsal of a campaign as it stands, or as it was launched. */
async function foreseen(
  tx: Transaction,
  campaign: Campaign,
): Promise<(Pick<RehearsalReport, 'cost'> & Partial<Pick<RehearsalReport, 'costLines'>>) | undefined> {
  const kept = await readLastRehearsal(tx, campaign.id);
  return kept !== undefined && isRehearsed(kept, campaign) ? (kept.report ?? undefined) : undefined;
}
