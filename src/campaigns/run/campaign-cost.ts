import type { Transaction } from '../../platform/index.ts';
import { costOfCampaign, costOfCampaignAtOnce, type Cost, type CostLine } from '../../sending/index.ts';
import type { Money } from '../../sms/index.ts';
import type { Campaign } from '../campaign.repository.ts';
import type { RehearsalReport } from '../rehearsal/rehearsal-report.ts';
import { isRehearsed, readLastRehearsal } from '../rehearsal/rehearsal.repository.ts';

/** A campaign's cost, beside the estimate of its rehearsal. */
export interface CampaignCost extends Cost {
  /** The estimate of the last rehearsal of the present or launched version; null without one, or without a price. */
  readonly estimated: Money | null;
  /** The same by account and territory; empty without such a rehearsal. */
  readonly estimatedLines: readonly CostLine[];
}

/** The cost of so many messages is counted within 40 ms: 18 µs each, measured on 300,000. */
export const COUNTED_IN_VIEW = 2_000;

/** Computes a campaign's cost so far, without its trials, and the estimate. */
export async function campaignCost(tx: Transaction, campaign: Campaign): Promise<CampaignCost> {
  const report = await foreseen(tx, campaign);
  return {
    estimated: report?.cost ?? null,
    // Rehearsals of earlier versions have no lines.
    estimatedLines: report?.costLines ?? [],
    ...(await costOfCampaign(tx, campaign.id)),
  };
}

/** Returns its sums; null while more messages than a view may wait for would have to be counted. */
export async function costInView(
  tx: Transaction,
  campaign: Campaign,
): Promise<Pick<CampaignCost, 'estimated' | 'totals'> | null> {
  const cost = await costOfCampaignAtOnce(tx, campaign.id, COUNTED_IN_VIEW);
  if (cost === undefined) return null;
  return { estimated: (await foreseen(tx, campaign))?.cost ?? null, totals: cost.totals };
}

/** Reads the last rehearsal of the present or launched version. */
async function foreseen(
  tx: Transaction,
  campaign: Campaign,
): Promise<(Pick<RehearsalReport, 'cost'> & Partial<Pick<RehearsalReport, 'costLines'>>) | undefined> {
  const kept = await readLastRehearsal(tx, campaign.id);
  return kept !== undefined && isRehearsed(kept, campaign) ? (kept.report ?? undefined) : undefined;
}
