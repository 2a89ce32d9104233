import type { Transaction, Plan, PlanReason } from '../../platform/index.ts';
import { raise } from '../../company/index.ts';
import type { CampaignKey } from '../campaign-key.ts';
import {
  keepPlan,
  campaignSituation,
  waiting,
  type PlanDeps,
  type CampaignSituation,
} from './campaign-plan.ts';
import { GONE, say } from './campaign-word.ts';
import { canMove } from '../campaign.ts';
import { lockCampaign, moveCampaign } from '../campaign.repository.ts';
import { unfinishedFor } from './closing.repository.ts';
import { leftSince, readLastRehearsal, wasLaunched } from '../rehearsal/rehearsal.repository.ts';
import { sweepCampaign, sweepCause } from './sweep.ts';
import { tellOf } from './telling.repository.ts';

/** After this an uncertain message has no automatic way left. */
const LONGEST_DOUBT_MS = 2 * 3_600_000;
const ASK_AGAIN_MS = 60_000;
const STILL_ON_THE_WIRE_MS = 1_000;

/** Closes the accounts when nothing is pending and no outcome can still be found automatically. */
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
  const { campaign, accounts, language, now } = about;
  if (accounts.pending > 0) {
    const because = say(campaign.status === 'cancelled' ? 'CANCELLED' : 'SENDING', language);
    return waiting(now, { state: 'sending', waitMs: STILL_ON_THE_WIRE_MS, because });
  }
  const doubtMs = await doubtLeft(tx, deps, about);
  if (doubtMs > 0) {
    const waitMs = Math.min(ASK_AGAIN_MS, doubtMs);
    return waiting(now, { state: 'sending', waitMs, because: say('UNCERTAIN', language) });
  }
  if (canMove('finish', campaign.status) && campaign.frozenAt !== null) {
    await finish(tx, deps, about);
    return { kind: 'done', because: say('FINISHED', language) };
  }
  return stillOpen(about);
}

/** Returns how long an uncertain message may still be resolved by its own batch. */
async function doubtLeft(
  tx: Transaction,
  { clock }: PlanDeps,
  { campaign, accounts }: CampaignSituation,
): Promise<number> {
  if (accounts.uncertain === 0) return 0;
  const sinceMs = await unfinishedFor(tx, campaign.id, clock.machine());
  return sinceMs === undefined ? 0 : LONGEST_DOUBT_MS - sinceMs;
}

/** Over by another order, or not begun: the next look at the row decides. */
const stillOpen = ({ campaign, language, now }: CampaignSituation): Plan =>
  campaign.status === 'cancelled' || campaign.status === 'finished'
    ? { kind: 'done', because: say(campaign.status === 'cancelled' ? 'CANCELLED' : 'FINISHED', language) }
    : waiting(now, { state: 'planning', waitMs: STILL_ON_THE_WIRE_MS, because: say('SENDING', language) });

async function finish(
  tx: Transaction,
  { clock }: PlanDeps,
  { campaign, accounts: { uncertain } }: CampaignSituation,
): Promise<void> {
  const { id } = campaign;
  const at = clock.now().toISO();
  await moveCampaign(tx, id, { to: 'finished', at });
  const rehearsed = await readLastRehearsal(tx, id);
  // Counted now, so that the campaign's page counts nothing later.
  if (rehearsed !== undefined && wasLaunched(rehearsed, campaign)) await leftSince(tx, rehearsed);
  const audit = { actor: 'system', action: 'campaign.finished', subject: id };
  await tellOf(tx, { intents: [], audit, at, machineMs: clock.machine() });
  const doubt = { type: 'message.uncertain', subject: id, about: { count: uncertain } } as const;
  await raise(tx, uncertain > 0 ? [doubt] : [], at);
}
