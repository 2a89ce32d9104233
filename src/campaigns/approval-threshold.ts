import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import type { ApprovalThreshold } from '../tenants/tenant.ts';
import { secondedBy } from './approval.repository.ts';
import type { Campaign, CampaignAccount } from './campaign.repository.ts';
import { dearestPrice } from './campaign-route.ts';
import { costOf } from './rehearsal.repository.ts';
import { servableNow } from './servable.ts';
import type { StaleDeps } from './stale-text.ts';

/** Refuses a launch past the tenant's threshold that nobody else has said yes to. */
export async function refuseUnapproved(
  tx: Transaction,
  deps: StaleDeps,
  {
    campaign,
    account,
    actor,
  }: { readonly campaign: Campaign; readonly account: CampaignAccount; readonly actor: string },
): Promise<void> {
  const threshold = (await tenantOf(tx))?.settings.approval;
  if (threshold === undefined) return;
  const places = await servableNow(tx, deps, { campaign, account });
  const people = places.reduce((sum, { count }) => sum + count, 0);
  const why = await passed(tx, { campaign, threshold, people });
  if (why === undefined) return;
  const { id: campaignId, revision } = campaign;
  const seconded = await secondedBy(tx, { campaignId, revision, actor });
  if (seconded === 'by-another') return;
  const todo = `Somebody else approves it, by a key that you did not make or a sign-in of their own: POST /v1/campaigns/${campaignId}/approval.`;
  if (seconded === 'by-nobody') throw new Refusal('APPROVAL_NEEDED', { detail: `${why} ${todo}` });
  throw new Refusal('APPROVAL_BY_YOURSELF', {
    detail: `${why} It was approved by a key of yours, or by one that descends from yours. ${todo}`,
  });
}

/** What passes the threshold; a cost counts the most parts that the campaign allows, at their dearest. */
async function passed(
  tx: Transaction,
  {
    campaign,
    threshold,
    people,
  }: { readonly campaign: Campaign; readonly threshold: ApprovalThreshold; readonly people: number },
): Promise<string | undefined> {
  const { recipients, cost } = threshold;
  if (recipients !== undefined && people > recipients)
    return `It would reach ${people}, and more than ${recipients} need a second person.`;
  const { maxParts } = campaign;
  const price = dearestPrice(campaign);
  if (cost === undefined || price === null) return undefined;
  const bills = [{ price, parts: people * maxParts }];
  const most = await costOf(tx, { bills, budget: cost.amount });
  return most?.withinBudget === false
    ? `It could cost ${most.amount} ${campaign.currency}, and more than ${cost.amount} needs a second person.`
    : undefined;
}
