import { type Transaction, Refusal } from '../../platform/index.ts';
import { tenantOf, type ApprovalThreshold } from '../../company/index.ts';
import { approvalsOf, othersThan } from './draft.repository.ts';
import type { Campaign, CampaignAccount } from '../campaign.repository.ts';
import { dearestPrice, type Prices } from './campaign-route.ts';
import { mostPartsOf } from '../rehearsal/departure.ts';
import { costOfParts, micros } from '../../sms/index.ts';
import { servableNow } from '../audience/series-audience.ts';
import type { StaleDeps } from './stale-text.ts';
import { bilingual, inEachLanguage, type Words } from '../../words/index.ts';

const ASK_ANOTHER: Words = bilingual.campaign.approval.askAnother;

const YOURS: Words = bilingual.campaign.approval.yours;

/** The dependencies of comparing a campaign with a threshold. */
export interface ThresholdDeps extends StaleDeps {
  readonly terms: Prices;
}

/** Refuses a launch past the tenant's threshold without an approval by somebody else. */
export async function refuseUnapproved(
  tx: Transaction,
  deps: ThresholdDeps,
  {
    campaign,
    account,
    actor,
  }: { readonly campaign: Campaign; readonly account: CampaignAccount; readonly actor: string },
): Promise<void> {
  const threshold = (await tenantOf(tx))?.settings.approval;
  if (threshold === undefined) return;
  const people = await peopleOf(tx, deps, { campaign, account });
  const { why } = await weighed(tx, deps, { campaign, threshold, people });
  if (why === null) return;
  const given = await approvalsOf(tx, { campaignId: campaign.id, revision: campaign.revision });
  const actors = given.map(({ by }) => by).filter((by) => by !== actor);
  if (actors.length === 0) throw new Refusal('APPROVAL_NEEDED', { detail: together(why, ASK_ANOTHER) });
  if ((await othersThan(tx, actor, actors)).length > 0) return;
  throw new Refusal('APPROVAL_BY_YOURSELF', { detail: together(why, YOURS, ASK_ANOTHER) });
}

/** Counts the people a campaign could write to if it were launched now. */
export async function peopleOf(
  tx: Transaction,
  deps: StaleDeps,
  asked: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<number> {
  const places = await servableNow(tx, deps, asked);
  return places.reduce((sum, { count }) => sum + count, 0);
}

/** A campaign compared with the tenant's threshold. */
export interface WeighedApproval {
  /** The highest cost that it allows; null where no cost is asked about, or no price is configured. */
  readonly cost: { readonly amount: string; readonly currency: string } | null;
  /** Names what exceeds the threshold; null for nothing. */
  readonly why: Words | null;
}

/** Finds what exceeds the threshold; the cost assumes the most parts that the campaign allows, at the highest price. */
export async function weighed(
  tx: Transaction,
  { terms, clock }: Pick<ThresholdDeps, 'terms' | 'clock'>,
  {
    campaign,
    threshold,
    people,
  }: {
    readonly campaign: Campaign;
    readonly threshold: ApprovalThreshold;
    readonly people: number;
  },
): Promise<WeighedApproval> {
  const { recipients, cost } = threshold;
  const { currency } = campaign;
  const price = cost === undefined ? null : await dearestPrice(tx, terms, campaign);
  const most = price === null ? undefined : costOfParts(price, people * mostPartsOf(campaign, clock.now()));
  const costs = most === undefined ? null : { amount: most, currency };
  if (recipients !== undefined && people > recipients)
    return { cost: costs, why: tooMany(people, recipients) };
  if (cost === undefined || most === undefined || micros(most) <= micros(cost.amount))
    return { cost: costs, why: null };
  return { cost: costs, why: tooDear(`${most} ${currency}`, cost.amount) };
}

const tooMany = (people: number, most: number): Words =>
  bilingual.campaign.approval.tooMany({ people, most });

const tooDear = (cost: string, most: string): Words => bilingual.campaign.approval.tooDear({ cost, most });

const together = (...said: readonly Words[]): Words =>
  inEachLanguage((language) => said.map((one) => one[language]).join(' '));
