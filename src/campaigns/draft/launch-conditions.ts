import { DateTime } from 'luxon';
import { type Transaction, Refusal } from '../../platform/index.ts';
import { tenantOf, type ApprovalThreshold } from '../../company/index.ts';
import type { Campaign, CampaignAccount } from '../campaign.repository.ts';
import {
  mostPartsOf,
  rateOf,
  departureOf,
  mayLeave,
  campaignStartOf,
  forecast,
  type RehearsalReader,
} from '../rehearsal/departure.ts';
import { costOfParts, micros, staleWords, type StaleWord } from '../../sms/index.ts';
import { servableNow } from '../audience/series-audience.ts';
import { bilingual, inEachLanguage, type Words } from '../../words/index.ts';
import type { FrozenPlace } from '../audience/freeze.repository.ts';
import { type ContactDeps } from '../../people/index.ts';
import { clockOf } from '../../person/index.ts';
import { approvalsOf, othersThan } from './draft.repository.ts';
import { dearestPrices, type Prices } from './campaign-route.ts';
import { campaignTextPlace } from './creation.ts';

const { askAnother, yours, tooMany, tooDear } = bilingual.campaign.approval;

export interface ThresholdDeps extends ContactDeps {
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
  const given = await approvalsOf(tx, [{ campaignId: campaign.id, revision: campaign.revision }]);
  const actors = (given.get(campaign.id) ?? []).map(({ by }) => by).filter((by) => by !== actor);
  if (actors.length === 0) throw new Refusal('APPROVAL_NEEDED', { detail: together(why, askAnother) });
  if ((await othersThan(tx, actor, actors)).length > 0) return;
  throw new Refusal('APPROVAL_BY_YOURSELF', { detail: together(why, yours, askAnother) });
}

/** Counts the people a campaign could write to if it were launched now. */
export async function peopleOf(
  tx: Transaction,
  deps: ContactDeps,
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

interface CampaignCounted {
  readonly campaign: Campaign;
  readonly people: number;
}

/** Finds what exceeds the threshold; the cost assumes the most parts that the campaign allows, at the highest price. */
export async function weighed(
  tx: Transaction,
  deps: Pick<ThresholdDeps, 'terms' | 'clock'>,
  { threshold, ...one }: CampaignCounted & { readonly threshold: ApprovalThreshold },
): Promise<WeighedApproval> {
  const [found] = await weighedEach(tx, deps, { threshold, all: [one] });
  // Unweighed, it would need nobody's approval.
  if (found === undefined) throw new TypeError('a campaign was not weighed');
  return found;
}

/** Finds the same of each campaign, in their order, with as many statements as for one. */
export async function weighedEach(
  tx: Transaction,
  { terms, clock }: Pick<ThresholdDeps, 'terms' | 'clock'>,
  { threshold, all }: { readonly threshold: ApprovalThreshold; readonly all: readonly CampaignCounted[] },
): Promise<readonly WeighedApproval[]> {
  const campaigns = all.map(({ campaign }) => campaign);
  const prices = threshold.cost === undefined ? [] : await dearestPrices(tx, terms, campaigns);
  const now = clock.now();
  return all.map(({ campaign, people }, place) => {
    const price = prices[place] ?? null;
    const most = price === null ? undefined : costOfParts(price, people * mostPartsOf(campaign, now));
    return compared(threshold, { people, most, currency: campaign.currency });
  });
}

function compared(
  { recipients, cost }: ApprovalThreshold,
  given: Pick<CampaignCounted, 'people'> &
    Pick<Campaign, 'currency'> & {
      /** The highest cost; undefined where none is asked about, or no price is configured. */
      readonly most: string | undefined;
    },
): WeighedApproval {
  const { people, most, currency } = given;
  const costs = most === undefined ? null : { amount: most, currency };
  if (recipients !== undefined && people > recipients)
    return { cost: costs, why: tooMany({ people, most: recipients }) };
  if (cost === undefined || most === undefined || micros(most) <= micros(cost.amount))
    return { cost: costs, why: null };
  return { cost: costs, why: tooDear({ cost: `${most} ${currency}`, most: cost.amount }) };
}

const together = (...said: readonly Words[]): Words =>
  inEachLanguage((language) => said.map((one) => one[language]).join(' '));

/** A word of the text, and the number of people who would read it once it is false. */
export interface Stale extends StaleWord {
  readonly count: number;
}

/** Finds days in the text that pass before part of the audience is written to; none when the campaign has an end. */
export async function staleInText(
  tx: Transaction,
  { keys, clock }: ContactDeps,
  { campaign, account }: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<readonly Stale[]> {
  if (campaign.expireAt !== null) return [];
  const text = keys.open(campaignTextPlace(campaign.id), campaign.sealed).toString('utf8');
  const now = clock.now();
  if (staleWords(text, dayOf(campaignStartOf(campaign, now))).length === 0) return [];
  const places = await servableNow(tx, { keys, clock }, { campaign, account });
  const total = places.reduce((sum, { count }) => sum + count, 0);
  const rate = rateOf(campaign, account);
  const found = places.flatMap((place) => {
    const ratePerSecond = rate === undefined ? undefined : (rate * place.count) / total;
    return staleAt(text, { campaign, place, now, ratePerSecond });
  });
  return merged(found);
}

/** Refuses a launch whose text becomes false on the way, unless its author acknowledges it. */
export function mayGrowStale(stale: readonly Stale[], acknowledged: readonly string[]): void {
  if (stale.length === 0 || acknowledged.includes('STALE_WHEN_HELD')) return;
  throw new Refusal('STALE_WHEN_HELD', {
    errors: stale.map(({ words, at, count, trueUntil }) => ({
      pointer: '/text',
      message: bilingual.campaign.falseFromThen({ words, at, trueUntil, count }),
    })),
  });
}

/** A day means the requested date, in the reader's zone. */
function staleAt(
  text: string,
  about: {
    readonly campaign: Campaign;
    readonly place: FrozenPlace;
    readonly now: RehearsalReader['now'];
    readonly ratePerSecond: number | undefined;
  },
): readonly Stale[] {
  const { campaign, place, now, ratePerSecond } = about;
  const reader = { now, language: 'fr' } as const;
  const departure = departureOf(campaign, place, reader);
  if (!mayLeave(departure.decision)) return [];
  const { lastDepartureAt } = forecast(campaign, [departure], { ...reader, ratePerSecond });
  const last = lastDepartureAt === null ? departure.decision.at : DateTime.fromISO(lastDepartureAt);
  const lastDay = dayOf(last.setZone(clockOf(place)));
  return staleWords(text, dayOf(campaignStartOf(campaign, now).setZone(clockOf(place))))
    .filter(({ trueUntil }) => trueUntil < lastDay)
    .map((word) => Object.assign(word, { count: place.count }));
}

const dayOf = (at: DateTime): string => at.toFormat('yyyy-MM-dd');

/** Joins the findings to one line a word, whatever the number of localities. */
function merged(found: readonly Stale[]): readonly Stale[] {
  const byPlace = Map.groupBy(found, ({ at }) => at);
  return [...byPlace.values()].flatMap((same) => {
    const [first] = same;
    const count = same.reduce((sum, one) => sum + one.count, 0);
    return first === undefined ? [] : [{ ...first, count }];
  });
}
