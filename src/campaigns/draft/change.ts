import { type Transaction, Refusal } from '../../platform/index.ts';
import { endTrials } from '../../sending/index.ts';
import { holdChoices } from '../../company/index.ts';
import { refuseUnpriced, type CampaignRequest } from './campaign-route.ts';
import { campaignTextPlace, isOver } from '../campaign.ts';
import {
  lockCampaign,
  readAccount,
  readSurroundings,
  updateDraft,
  updateLimits,
  type Campaign,
} from '../campaign.repository.ts';
import { timesOf, isOutsideWindow, refuseWrongNotice } from './refusals.ts';
import { buildDraft, budgetPriceOf, type CreationDeps } from './creation.ts';
import { replanIntent } from '../run/order.ts';
import { refuseWrongRecurrence } from '../recurrence/recur.ts';
import { tellOf } from '../run/run.repository.ts';
import { bilingual, fault } from '../../words/index.ts';

const LIMITS = new Set(['ratePerSecond', 'budget', 'expireAt']);

/** Changes a draft, or the limits of a launched campaign, whose workflow then plans again at once. */
export async function changeCampaign(
  tx: Transaction,
  deps: CreationDeps,
  {
    campaignId,
    changes,
    actor,
  }: { readonly campaignId: string; readonly changes: Partial<CampaignRequest>; readonly actor: string },
): Promise<void> {
  await holdChoices(tx, 'follow');
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  const named = Object.keys(changes);
  refuseChange(campaign, named);
  if (named.length === 0) return;
  await refuseWrongRecurrence(tx, campaignId, { ...termsOf(campaign), ...changes });
  if (campaign.status === 'draft') await changeDraft(tx, deps, { campaign, changes });
  else await changeLimits(tx, deps, { campaign, changes });
  await tellOf(tx, {
    intents: campaign.status === 'draft' ? [] : [replanIntent(tx.tenantId, campaignId)],
    audit: { actor, action: 'campaign.changed', subject: campaignId, details: { fields: named } },
    at: deps.clock.now().toISO(),
    machineMs: deps.clock.machine(),
  });
}

function refuseChange({ status }: Campaign, named: readonly string[]): void {
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
  readonly changes: Partial<CampaignRequest>;
}

async function changeDraft(
  tx: Transaction,
  deps: CreationDeps,
  { campaign, changes }: Change,
): Promise<void> {
  const account = await readAccount(tx, { id: campaign.accountId });
  const gateway = campaign.route?.routed === true ? undefined : account?.name;
  const request = { ...requestBehind(deps, campaign), gateway, ...changes, id: campaign.id };
  await updateDraft(tx, {
    id: campaign.id,
    draft: await buildDraft(tx, deps, request),
    at: deps.clock.now().toISO(),
  });
  // Recipients of a test send were judged by the text, brand, purpose and lists from before the change.
  await endTrials(tx, { at: deps.clock.now().toISO(), changed: campaign.id });
}

/** Returns the request that would make the draft as it is. */
function requestBehind({ keys }: CreationDeps, campaign: Campaign): CampaignRequest {
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
    outsideWindow: isOutsideWindow(campaign) ? { reason: '' } : undefined,
  };
}

/** Returns the purpose and period of a campaign, as in a request. */
const termsOf = ({ purpose, startAt, expireAt }: Campaign) => ({
  // A check of the column allows no other value.
  purpose: purpose as CampaignRequest['purpose'],
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
