import { DateTime } from 'luxon';
import type {
  Clock,
  Transaction,
  StateCounts,
  ReasonInWords,
  Plan,
  PlanReason,
  SendState,
} from '../../platform/index.ts';
import { localisedPlan } from '../../sending/index.ts';
import { holdChoices, raise } from '../../company/index.ts';
import { accounts, type AudienceCounts, tellOf, unfinishedFor } from './run.repository.ts';
import { canMove, type CampaignKey, GONE, parkedBecause, reasonFor } from '../campaign.ts';
import type { FreezeDeps } from '../audience/freeze.ts';
import type { Prices } from '../draft/campaign-route.ts';
import {
  keepCampaignPlan,
  lockCampaign,
  moveCampaign,
  readSurroundings,
  type Campaign,
} from '../campaign.repository.ts';
import { parkCampaign, sweepCampaign, sweepCause } from './order.ts';
import { recur } from '../recurrence/recur.ts';
import { readRecurrence } from '../recurrence/recurrence.repository.ts';
import { languageOf, type Language } from '../../words/index.ts';
import { leftSince, readLastRehearsal, wasLaunched } from '../rehearsal/rehearsal.repository.ts';

interface PlanDeps extends FreezeDeps {
  readonly terms: Prices;
}

/** Signals come at once; planning again after so long only makes up for one that was lost. */
const PLAN_AGAIN_MS = 3_600_000;

/** After so long a delay the text of a campaign may be false. */
const MISSED_AFTER_MS = 3_600_000;

/** Plans the next step of a campaign: wait for its start or a person, send, or end. */
export async function planCampaign(deps: PlanDeps, key: CampaignKey): Promise<Plan<PlanReason>> {
  const { cause, recurs } = await deps.database.withTenant(key.tenantId, async (tx) => {
    const campaign = await lockCampaign(tx, key.campaignId);
    if ((await readRecurrence(tx, key.campaignId)) !== undefined) return { recurs: true };
    return { cause: campaign && sweepCause(campaign, deps.clock.now()), recurs: false };
  });
  if (recurs) return planRecurrence(deps, key);
  if (cause !== undefined) await sweepCampaign(deps, key, cause);
  return deps.database.withTenant(key.tenantId, async (tx) => {
    const found = await lockCampaign(tx, key.campaignId);
    if (found === undefined) return { kind: 'done', because: GONE };
    const campaign = await parkIfMissed(tx, deps.clock, found);
    const about = await campaignSituation(tx, campaign, deps.clock.now());
    const plan = nextOf(about);
    if (plan.kind === 'send' && campaign.status === 'scheduled') {
      await move(tx, deps.clock, { campaignId: campaign.id, to: 'running' });
    }
    return keepPlan(tx, about, plan);
  });
}

/** Plans a recurrence, which sends nothing itself: it makes each due occurrence a campaign and waits for the next. */
async function planRecurrence(deps: PlanDeps, key: CampaignKey): Promise<Plan<PlanReason>> {
  const { database, clock } = deps;
  const keys = await deps.keysOf(key.tenantId);
  return database.withTenant(key.tenantId, async (tx) => {
    await holdChoices(tx, 'follow');
    const campaign = await lockCampaign(tx, key.campaignId);
    const recurrence = await readRecurrence(tx, key.campaignId);
    if (campaign === undefined || recurrence === undefined) return { kind: 'done', because: GONE };
    const about = await campaignSituation(tx, campaign, clock.now());
    if (!isOpen(campaign)) return keepPlan(tx, about, nextOf(about));
    const next = await recur(tx, { ...deps, keys }, { campaign, recurrence });
    if (next === undefined) await move(tx, clock, { campaignId: campaign.id, to: 'finished' });
    return keepPlan(tx, about, untilNext(about, next));
  });
}

function untilNext({ campaign, language, now }: CampaignSituation, next: DateTime<true> | undefined): Plan {
  if (next === undefined) return { kind: 'done', because: reasonFor('FINISHED', language) };
  const isPaused = campaign.status === 'paused';
  return waiting(now, {
    state: isPaused ? 'paused' : 'waiting-window',
    waitMs: next.toMillis() - now.toMillis(),
    because: reasonFor(isPaused ? 'PAUSED' : 'START_AT', language, next.toISO()),
  });
}

const isOpen = ({ status }: Campaign): boolean => status === 'scheduled' || status === 'paused';

/** Parks a campaign whose start was missed during an outage, so that a person decides, unless it has an end. */
async function parkIfMissed(tx: Transaction, clock: Clock, campaign: Campaign): Promise<Campaign> {
  if (!isMissed(campaign, clock)) return campaign;
  const { id: campaignId } = campaign;
  await parkCampaign(tx, { clock }, { campaignId, actor: 'system', because: 'START_MISSED' });
  return { ...campaign, status: 'parked', parkedBecause: 'START_MISSED' };
}

/** Says whether a start was missed; one that the sandbox clock jumped over was not. */
const isMissed = ({ status, startAt, expireAt, scheduledUnder }: Campaign, clock: Clock): boolean =>
  status === 'scheduled' &&
  startAt !== null &&
  expireAt === null &&
  scheduledUnder === clock.revision &&
  clock.now().toMillis() - DateTime.fromISO(startAt).toMillis() > MISSED_AFTER_MS;

/** A campaign with what its next plan depends on. */
interface CampaignSituation {
  readonly campaign: Campaign;
  readonly accounts: AudienceCounts;
  readonly language: Language;
  /** The tenant's zone. */
  readonly timeZone: string;
  readonly now: DateTime<true>;
}

/** Reads what a plan depends on, in the transaction that has locked the campaign. */
async function campaignSituation(
  tx: Transaction,
  campaign: Campaign,
  now: DateTime<true>,
): Promise<CampaignSituation> {
  const { locale, timeZone } = await readSurroundings(tx);
  const language = languageOf(locale);
  return { campaign, accounts: await accounts(tx, campaign.id), language, timeZone, now };
}

function nextOf(about: CampaignSituation): Plan {
  const { campaign, accounts: all, language } = about;
  switch (campaign.status) {
    case 'draft':
      return { kind: 'done', because: reasonFor('NOT_LAUNCHED', language) };
    case 'finished':
      return { kind: 'done', because: reasonFor('FINISHED', language) };
    case 'cancelled':
      return { kind: all.pending > 0 ? 'send' : 'done', because: reasonFor('CANCELLED', language) };
    case 'paused':
    case 'parked':
    case 'scheduled':
    case 'running':
      return nextOfOpen(about, campaign.status);
    default:
      return campaign.status satisfies never;
  }
}

/** Plans a campaign that is not over. Its end comes before everything else: it also closes one that is paused or parked. */
function nextOfOpen(about: CampaignSituation, status: 'paused' | 'parked' | 'scheduled' | 'running'): Plan {
  const { campaign, language, now } = about;
  if (sweepCause(campaign, now) !== undefined)
    return { kind: 'send', because: reasonFor('EXPIRE_AT', language) };
  if (status === 'paused') return pause(about, { state: 'paused', because: reasonFor('PAUSED', language) });
  if (status === 'parked')
    return pause(about, { state: 'parked', because: parkedBecause(campaign, language) });
  return untilStart(about) ?? { kind: 'send', because: reasonFor('SENDING', language) };
}

function untilStart(about: CampaignSituation): Plan | undefined {
  const { campaign, now, language } = about;
  if (campaign.startAt === null || DateTime.fromISO(campaign.startAt) <= now) return undefined;
  const waitMs = DateTime.fromISO(campaign.startAt).toMillis() - now.toMillis();
  const because = reasonFor('START_AT', language, campaign.startAt);
  return waiting(now, { state: 'waiting-window', waitMs, because });
}

/** Waits for a person, until the end of the campaign at the latest. */
function pause(
  { campaign, now }: CampaignSituation,
  why: { state: SendState; because: ReasonInWords },
): Plan {
  const expiresIn =
    campaign.expireAt === null
      ? PLAN_AGAIN_MS
      : DateTime.fromISO(campaign.expireAt).toMillis() - now.toMillis();
  const waitMs = Math.min(PLAN_AGAIN_MS, expiresIn);
  return waiting(now, { state: why.state, waitMs, because: why.because });
}

/** Builds a plan that waits so long by the law clock. */
function waiting(
  now: DateTime<true>,
  { state, waitMs, because }: Pick<Extract<Plan, { kind: 'wait' }>, 'state' | 'waitMs' | 'because'>,
): Plan {
  const ms = Math.max(1, Math.ceil(waitMs));
  return { kind: 'wait', state, waitMs: ms, nextActionAt: now.plus(ms).toUTC().toISO(), because };
}

async function keepPlan(tx: Transaction, about: CampaignSituation, plan: Plan): Promise<Plan> {
  const waits = plan.kind === 'wait';
  const { code, ruleId, text } = plan.because;
  await keepCampaignPlan(tx, about.campaign.id, {
    nextActionAt: waits ? plan.nextActionAt : null,
    waiting: waits ? { code, ruleId: ruleId ?? null, until: plan.nextActionAt, text } : null,
  });
  const { timeZone, language: locale, now } = about;
  return localisedPlan({ ...plan, accounts: countsOf(about.accounts) }, { timeZone, locale, now });
}

const countsOf = (all: AudienceCounts): StateCounts => ({
  audience: all.audience,
  pending: all.pending,
  accepted: all.accepted,
  excluded: Object.values(all.excluded).reduce((sum, count) => sum + count, 0),
  failed: all.failed,
  expired: all.expired,
  uncertain: all.uncertain,
});

const ACTIONS = { running: 'campaign.started', finished: 'campaign.finished' } as const;

async function move(
  tx: Transaction,
  clock: Clock,
  { campaignId, to }: { readonly campaignId: string; readonly to: keyof typeof ACTIONS },
): Promise<void> {
  const at = clock.now().toISO();
  await moveCampaign(tx, campaignId, { to, at });
  const audit = { actor: 'system', action: ACTIONS[to], subject: campaignId };
  await tellOf(tx, { intents: [], audit, at, machineMs: clock.machine() });
}

/** After so long nothing automatic can resolve an uncertain message any more. */
const LONGEST_DOUBT_MS = 2 * 3_600_000;
const ASK_AGAIN_MS = 60_000;
const STILL_ON_THE_WIRE_MS = 1_000;

/** Finishes a campaign when nothing is pending and no outcome can be found automatically any more; else waits. */
export async function closeCampaign(deps: PlanDeps, key: CampaignKey): Promise<Plan<PlanReason>> {
  const cause = await deps.database.withTenant(key.tenantId, async (tx) => {
    const campaign = await lockCampaign(tx, key.campaignId);
    return campaign && sweepCause(campaign, deps.clock.now());
  });
  if (cause !== undefined) await sweepCampaign(deps, key, cause);
  return deps.database.withTenant(key.tenantId, async (tx) => {
    const campaign = await lockCampaign(tx, key.campaignId);
    if (campaign === undefined) return { kind: 'done', because: GONE };
    const about = await campaignSituation(tx, campaign, deps.clock.now());
    return keepPlan(tx, about, await closing(tx, deps, about));
  });
}

async function closing(tx: Transaction, deps: PlanDeps, about: CampaignSituation): Promise<Plan> {
  const { campaign, accounts: totals, language, now } = about;
  if (totals.pending > 0) {
    const because = reasonFor(campaign.status === 'cancelled' ? 'CANCELLED' : 'SENDING', language);
    return waiting(now, { state: 'sending', waitMs: STILL_ON_THE_WIRE_MS, because });
  }
  const doubtMs = await doubtLeftMs(tx, deps, about);
  if (doubtMs > 0) {
    const waitMs = Math.min(ASK_AGAIN_MS, doubtMs);
    return waiting(now, { state: 'sending', waitMs, because: reasonFor('UNCERTAIN', language) });
  }
  if (canMove('finish', campaign.status) && campaign.frozenAt !== null) {
    await finish(tx, deps, about);
    return { kind: 'done', because: reasonFor('FINISHED', language) };
  }
  return stillOpen(about);
}

/** Returns for how many milliseconds an uncertain message may still be resolved by its batch. */
async function doubtLeftMs(
  tx: Transaction,
  { clock }: PlanDeps,
  { campaign, accounts: totals }: CampaignSituation,
): Promise<number> {
  if (totals.uncertain === 0) return 0;
  const sinceMs = await unfinishedFor(tx, campaign.id, clock.machine());
  return sinceMs === undefined ? 0 : LONGEST_DOUBT_MS - sinceMs;
}

/** Ends the workflow of a campaign that is over by another order; waits for the freeze of one that has not begun. */
const stillOpen = ({ campaign, language, now }: CampaignSituation): Plan =>
  campaign.status === 'cancelled' || campaign.status === 'finished'
    ? {
        kind: 'done',
        because: reasonFor(campaign.status === 'cancelled' ? 'CANCELLED' : 'FINISHED', language),
      }
    : waiting(now, {
        state: 'planning',
        waitMs: STILL_ON_THE_WIRE_MS,
        because: reasonFor('SENDING', language),
      });

async function finish(
  tx: Transaction,
  { clock }: PlanDeps,
  { campaign, accounts: { uncertain } }: CampaignSituation,
): Promise<void> {
  const { id } = campaign;
  const rehearsed = await readLastRehearsal(tx, id);
  // Counting what was sent now spares the campaign's page from doing it later.
  if (rehearsed !== undefined && wasLaunched(rehearsed, campaign)) await leftSince(tx, rehearsed);
  await move(tx, clock, { campaignId: id, to: 'finished' });
  const doubt = { type: 'message.uncertain', subject: id, about: { count: uncertain } } as const;
  await raise(tx, uncertain > 0 ? [doubt] : [], clock.now().toISO());
}
