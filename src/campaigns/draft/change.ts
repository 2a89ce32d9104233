import { type Transaction, Refusal } from '../../platform/index.ts';
import { endTrials } from '../../sending/index.ts';
import { holdChoices } from '../../company/index.ts';
import { refuseUnpriced, type CampaignAsked } from './campaign-route.ts';
import { campaignTextPlace, isOver } from '../campaign.ts';
import {
  lockCampaign,
  readAccount,
  readSurroundings,
  updateDraft,
  updateLimits,
  type Campaign,
} from '../campaign.repository.ts';
import { timesOf, isOpenedOutside, refuseWrongNotice } from './refusals.ts';
import { drafted, budgetPriceOf, type CreationDeps } from './creation.ts';
import { replanIntent } from '../run/order.ts';
import { refuseWrongIfAgain } from '../recurrence/recur.ts';
import { tellOf } from '../run/run.repository.ts';
import { bilingual, fault } from '../../words/index.ts';

const LIMITS = new Set(['ratePerSecond', 'budget', 'expireAt']);

/** Changes a draft, or the limits of a campaign under way; a running one looks again at once. */
export async function changeCampaign(
  tx: Transaction,
  deps: CreationDeps,
  {
    campaignId,
    changes,
    actor,
  }: { readonly campaignId: string; readonly changes: Partial<CampaignAsked>; readonly actor: string },
): Promise<void> {
  await holdChoices(tx, 'follow');
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  const named = Object.keys(changes);
  mayChange(campaign, named);
  if (named.length === 0) return;
  await refuseWrongIfAgain(tx, campaignId, { ...termsOf(campaign), ...changes });
  if (campaign.status === 'draft') await changeDraft(tx, deps, { campaign, changes });
  else await changeLimits(tx, deps, { campaign, changes });
  await tellOf(tx, {
    intents: campaign.status === 'draft' ? [] : [replanIntent(tx.tenantId, campaignId)],
    audit: { actor, action: 'campaign.changed', subject: campaignId, details: { fields: named } },
    at: deps.clock.now().toISO(),
    machineMs: deps.clock.machine(),
  });
}

function mayChange({ status }: Campaign, named: readonly string[]): void {
  const fixedFields = status === 'draft' ? [] : named.filter((field) => !LIMITS.has(field));
  if (!isOver(status) && fixedFields.length === 0) return;
  throw new Refusal('CAMPAIGN_CANNOT_MOVE', {
    detail: isOver(status)
      ? fault('A campaign that is {status} is not changed any more.', { status })
      : fault('Once launched only {fields} may change.', { fields: [...LIMITS].join(', ') }),
    errors: fixedFields.map((field) => ({
      in: 'body' as const,
      pointer: `/${field}`,
      message: bilingual.campaign.onlyADraft,
    })),
  });
}

interface Change {
  readonly campaign: Campaign;
  readonly changes: Partial<CampaignAsked>;
}

async function changeDraft(
  tx: Transaction,
  deps: CreationDeps,
  { campaign, changes }: Change,
): Promise<void> {
  const account = await readAccount(tx, { id: campaign.accountId });
  const gateway = campaign.route?.routed === true ? undefined : account?.name;
  const asked = { ...askedBefore(deps, campaign), gateway, ...changes, id: campaign.id };
  await updateDraft(tx, {
    id: campaign.id,
    draft: await drafted(tx, deps, asked),
    at: deps.clock.now().toISO(),
  });
  // A trial recipient was approved for what the text, the brand, the purpose and the lists were then.
  await endTrials(tx, { at: deps.clock.now().toISO(), changed: campaign.id });
}

/** Returns the draft in the form of a request. */
function askedBefore({ keys }: CreationDeps, campaign: Campaign): CampaignAsked {
  const { budget, currency } = campaign;
  const { exclude, ...audience } = campaign.audience;
  return {
    name: campaign.name,
    text: keys.open(campaignTextPlace(campaign.id), campaign.sealed).toString('utf8'),
    audience,
    exclude,
    sender: campaign.sender,
    ...termsOf(campaign),
    localTime: campaign.localTime ?? undefined,
    spread: campaign.spreadDays === null ? undefined : { days: campaign.spreadDays },
    ratePerSecond: campaign.ratePerSecond ?? undefined,
    maxParts: campaign.maxParts ?? undefined,
    marginMs: campaign.marginMs ?? undefined,
    budget: budget === null ? undefined : { amount: budget, currency },
    brandId: campaign.brandId ?? undefined,
    outsideWindow: isOpenedOutside(campaign) ? { reason: '' } : undefined,
  };
}

/** Returns the purpose and period of a campaign, as in a request. */
const termsOf = ({ purpose, startAt, expireAt }: Campaign) => ({
  // The column holds no other.
  purpose: purpose as CampaignAsked['purpose'],
  startAt: startAt ?? undefined,
  expireAt: expireAt ?? undefined,
});

async function changeLimits(
  tx: Transaction,
  deps: CreationDeps,
  { campaign, changes }: Change,
): Promise<void> {
  const account = await readAccount(tx, { id: campaign.accountId });
  const priced =
    'budget' in changes ? budgetPriceOf(changes, deps.terms.price(account?.name ?? '')) : campaign;
  await refuseUnpriced(tx, deps.terms, { campaign, budget: changes.budget });
  const { startAt } = campaign;
  const { ratePerSecond = null, expireAt = null } = { ...campaign, ...changes };
  refuseWrongNotice({ purpose: campaign.purpose, text: '', expireAt: expireAt ?? undefined });
  if (changes.expireAt !== undefined) {
    const { timeZone } = await readSurroundings(tx);
    const times = { startAt: startAt ?? undefined, expireAt: changes.expireAt };
    timesOf(times, { now: deps.clock.now(), timeZone });
  }
  await updateLimits(tx, {
    id: campaign.id,
    limits: { ...priced, ratePerSecond, expireAt },
    at: deps.clock.now().toISO(),
  });
}
