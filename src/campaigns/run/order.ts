import { DateTime } from 'luxon';
import { auditEntriesAbout, holdChoices, isInShadow, refuseTransfer } from '../../company/index.ts';
import { type ContactDeps, recordConsents, addWording } from '../../people/index.ts';
import {
  Refusal,
  type Clock,
  type Transaction,
  type WorkflowIntent,
  type Database,
} from '../../platform/index.ts';
import { trustAccountsOf, endTrials, endReady, messageId, type LastMessage } from '../../sending/index.ts';
import {
  lockCampaign,
  moveCampaign,
  readSurroundings,
  type Campaign,
  type CampaignAccount,
  type Surroundings,
} from '../campaign.repository.ts';
import {
  campaignTextPlace,
  campaignWorkflowId,
  refuseMove,
  type CampaignKey,
  type CampaignOrder,
  type CampaignStatus,
  type OrderResult,
  type OrderDeps,
  type CampaignAct,
} from '../campaign.ts';
import { carryingAccountsOf } from '../draft/campaign-route.ts';
import { refuseUnapproved, type ThresholdDeps } from '../draft/approval.ts';
import { refuseEnded, refuseUnread, hasEnded, refuseStale, staleWordsIn } from '../draft/refusals.ts';
import { keepLaunch, readRecurrence } from '../recurrence/recurrence.repository.ts';
import { tellOf, readyBatches, reconfirmationOf, type Reconfirmation } from './run.repository.ts';

const campaignIntent = (
  tenantId: string,
  campaignId: string,
): Pick<WorkflowIntent, 'workflow' | 'workflowId' | 'input'> => ({
  workflow: 'campaign',
  workflowId: campaignWorkflowId(campaignId),
  input: { tenantId, campaignId },
});

/** Builds the signal by which the workflow of a campaign plans again. */
export const replanIntent = (tenantId: string, campaignId: string): WorkflowIntent => ({
  ...campaignIntent(tenantId, campaignId),
  ...REPLAN,
});

/** Launches a draft, now or at its `startAt`. */
export async function launchCampaign(
  tx: Transaction,
  deps: ThresholdDeps,
  act: CampaignAct & { readonly acknowledge?: readonly string[] | undefined },
): Promise<OrderResult> {
  await holdChoices(tx, 'follow');
  const campaign = await lockFor(tx, act.campaignId, 'launch');
  await refuseEnded(tx, campaign, deps.clock.now());
  await refuseUnread(tx, campaign.audience);
  const account = await accountThatMay(tx, campaign);
  await refuseUnapproved(tx, deps, { campaign, account, actor: act.actor });
  const { acknowledge = [] } = act;
  refuseStale(await staleWordsIn(tx, deps, { campaign, account }), acknowledge);
  await keepLaunch(tx, campaign.id, { actor: act.actor, acknowledge });
  return move(tx, deps, { ...act, order: 'launch', to: await startingStatus(tx, deps, campaign) });
}

/** Pauses a campaign: no message is marked after this commits. */
export async function pauseCampaign(
  tx: Transaction,
  deps: OrderDeps,
  act: CampaignAct,
): Promise<OrderResult> {
  await lockFor(tx, act.campaignId, 'pause');
  return move(tx, deps, { ...act, order: 'pause', to: 'paused' });
}

/** Resumes a paused or parked campaign. */
export async function resumeCampaign(
  tx: Transaction,
  deps: OrderDeps,
  act: CampaignAct,
): Promise<OrderResult> {
  const campaign = await lockFor(tx, act.campaignId, 'resume');
  if (campaign.parkedBecause === 'CREDIT') await trustAccountsOf(tx, campaign.id);
  return move(tx, deps, { ...act, order: 'resume', to: await startingStatus(tx, deps, campaign) });
}

/** Parks a campaign until somebody acts; `because` is a code, such as BUDGET. */
export async function parkCampaign(
  tx: Transaction,
  deps: OrderDeps,
  act: CampaignAct & { readonly because: string },
): Promise<OrderResult> {
  await lockFor(tx, act.campaignId, 'park');
  return move(tx, deps, { ...act, order: 'park', to: 'parked', parkedBecause: act.because });
}

/** Cancels a campaign: no message is marked after this commits, and `sweepCampaign` then ends the ready ones. */
export async function cancelCampaign(
  tx: Transaction,
  deps: OrderDeps,
  act: CampaignAct,
): Promise<OrderResult> {
  const { status } = await lockFor(tx, act.campaignId, 'cancel');
  const order = status === 'draft' ? 'discard' : 'cancel';
  const result = await move(tx, deps, { ...act, order, to: 'cancelled' });
  await endTrials(tx, { at: deps.clock.now().toISO() });
  return result;
}

const ORDERS = { pause: pauseCampaign, resume: resumeCampaign, cancel: cancelCampaign } as const;

/** Audit entries among which an earlier run of the same order is looked for: it came seconds ago. */
const LAST_ENTRIES = 50;

/**
 * Carries out an order once: a second run finds it in the audit and changes nothing, whatever a person has ordered
 * since. Throws a Refusal when the status does not allow the order.
 */
export async function orderCampaign(
  tx: Transaction,
  deps: OrderDeps,
  about: CampaignAct & { readonly order: 'pause' | 'resume' | 'cancel'; readonly orderId: string },
): Promise<void> {
  const { order, orderId, ...act } = about;
  const { campaignId: subject } = act;
  // The lock waits for a run that has not committed yet, whose entry is then in the audit.
  await lockCampaign(tx, subject);
  const earlier = await auditEntriesAbout(tx, { subject, most: LAST_ENTRIES });
  if (earlier.some(({ details }) => details['orderId'] === orderId)) return;
  await ORDERS[order](tx, deps, { ...act, details: { orderId } });
}

/** Locks a campaign for an order; refuses an order that its status does not allow. */
async function lockFor(tx: Transaction, id: string, order: CampaignOrder): Promise<Campaign> {
  const campaign = await lockCampaign(tx, id);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  refuseMove(order, campaign.status);
  return campaign;
}

/** Returns the status after a launch; a recurrence stays scheduled, since only its occurrences run. */
async function startingStatus(
  tx: Transaction,
  { clock }: OrderDeps,
  { id, startAt }: Campaign,
): Promise<'scheduled' | 'running'> {
  const isAwaited = startAt !== null && DateTime.fromISO(startAt) > clock.now();
  return isAwaited || (await readRecurrence(tx, id)) !== undefined ? 'scheduled' : 'running';
}

/**
 * Returns the account of a campaign. Refuses the campaign unless each real account that may carry it is ready: the
 * tenant's identity is complete, the transfer is allowed, and a STOP has come back through it (for advertising).
 */
export async function accountThatMay(tx: Transaction, campaign: Campaign): Promise<CampaignAccount> {
  const around = await readSurroundings(tx);
  const accounts = await carryingAccountsOf(tx, campaign, around);
  const main = accounts.find(({ id }) => id === campaign.accountId);
  if (main === undefined) throw new Refusal('GATEWAY_NOT_FOUND');
  for (const account of accounts) if (!account.fake) await refuseUnready(tx, { campaign, account, around });
  return main;
}

async function refuseUnready(
  tx: Transaction,
  {
    campaign,
    account,
    around,
  }: { readonly campaign: Campaign; readonly account: CampaignAccount; readonly around: Surroundings },
): Promise<void> {
  if (!around.complete) throw new Refusal('IDENTITY_MISSING');
  await refuseTransfer(tx, { accountId: account.id, sector: around.sector });
  if (!account.proven && campaign.purpose === 'marketing' && !(await isInShadow(tx)))
    throw new Refusal('STOP_PATH_UNPROVEN', { gateway: account.name });
}

const REPLAN = { class: 'order', verb: 'signal', signal: 'replan' } as const;

/**
 * The name of each order in the audit, and what it starts or signals. Parking needs no signal, since the workflow
 * decides it; a draft has no workflow yet.
 */
const EFFECTS = {
  launch: { action: 'campaign.launched', intent: { class: 'start', verb: 'start' } },
  pause: { action: 'campaign.paused', intent: REPLAN },
  // This also starts a workflow again that was lost with its server.
  resume: { action: 'campaign.resumed', intent: { ...REPLAN, verb: 'signal-with-start' } },
  park: { action: 'campaign.parked', intent: undefined },
  cancel: { action: 'campaign.cancelled', intent: REPLAN },
  discard: { action: 'campaign.cancelled', intent: undefined },
} as const satisfies Record<string, { action: string; intent: Partial<WorkflowIntent> | undefined }>;

/** Changes the status, which is what counts; the signal only makes the workflow read it. */
async function move(
  tx: Transaction,
  { clock }: OrderDeps,
  change: CampaignAct & {
    readonly order: keyof typeof EFFECTS;
    readonly to: CampaignStatus;
    readonly parkedBecause?: string;
  },
): Promise<OrderResult> {
  const { campaignId: id, to, order, actor, parkedBecause, details = {} } = change;
  const { action, intent } = EFFECTS[order];
  const at = clock.now().toISO();
  await moveCampaign(tx, id, { to, at, clockRevision: clock.revision, parkedBecause });
  await tellOf(tx, {
    machineMs: clock.machine(),
    intents: intent === undefined ? [] : [{ ...campaignIntent(tx.tenantId, id), ...intent }],
    audit: {
      actor,
      action,
      subject: id,
      details: parkedBecause === undefined ? details : { ...details, code: parkedBecause },
    },
    at,
  });
  return { id, status: to, workflowId: campaignWorkflowId(id) };
}

/** Returns why the ready messages of a campaign must end now; undefined when they need not. */
export function sweepCause(campaign: Campaign, now: DateTime): 'CANCELLED' | 'EXPIRE_AT' | undefined {
  if (campaign.status === 'cancelled') return 'CANCELLED';
  return hasEnded(campaign, now) ? 'EXPIRE_AT' : undefined;
}

/** Ends the ready messages of a campaign, 5,000 in one transaction, and may be repeated; returns their number. */
export async function sweepCampaign(
  deps: { readonly database: Database; readonly clock: Clock },
  { tenantId, campaignId }: CampaignKey,
  cause: NonNullable<ReturnType<typeof sweepCause>>,
): Promise<number> {
  const state = cause === 'CANCELLED' ? 'excluded' : 'expired';
  const batches = await deps.database.withTenant(tenantId, (tx) => readyBatches(tx, campaignId));
  let swept = 0;
  for (const batchId of batches) {
    let ended: number;
    do {
      const ending = { batchId, state, reason: cause, at: deps.clock.now().toISO() } as const;
      ended = await deps.database.withTenant(tenantId, (tx) => endReady(tx, ending));
      swept += ended;
    } while (ended > 0);
  }
  return swept;
}

/** Characters of a reply that the proof keeps: a longer one is no keyword. */
const LONGEST_KEYWORD = 160;

/**
 * Records the yes to a reconfirmation as an agreement to the campaign's text; does nothing for a reply to any other
 * message. A yes lifts no STOP, for which another proof is needed.
 */
export async function answerReconfirmation(
  tx: Transaction,
  deps: ContactDeps,
  answer: {
    /** The id of the reply. */
    readonly inboundId: string;
    /** E.164 of the sender. */
    readonly phone: string;
    /** The word as typed. */
    readonly typed: string;
    /** ISO instant. */
    readonly receivedAt: string;
    readonly last: LastMessage | undefined;
  },
): Promise<void> {
  const { last, phone } = answer;
  if (last?.purpose !== 'marketing') return;
  const question = await reconfirmationOf(tx, { ...last, phoneIndex: deps.keys.phoneIndex(phone) });
  if (question === undefined) return;
  const wording = await addWording(tx, deps, wordingOf(deps, question));
  const { contactId, campaignId } = question;
  await recordConsents(tx, deps, [
    {
      contactId,
      purpose: 'marketing',
      method: 'sms_keyword',
      wordingId: wording.id,
      grantedAt: answer.receivedAt,
      evidence: {
        messageRef: answer.inboundId,
        keyword: answer.typed.trim().slice(0, LONGEST_KEYWORD),
        answers: messageId(last),
        campaignId,
      },
      channel: 'sms',
      actor: 'person',
    },
  ]);
}

/** Returns the text of a reconfirmation as people read it, with the name of its sender. */
function wordingOf({ keys }: ContactDeps, question: Reconfirmation): Parameters<typeof addWording>[2] {
  const text = keys.open(campaignTextPlace(question.campaignId), question.sealed).toString('utf8');
  return {
    text: text.replaceAll(/\{brand(?:\|[^{}]*)?\}/g, question.brand).replaceAll(/ ?\{stop\}/g, ' STOP'),
    purposes: ['marketing'],
    locale: question.locale,
    brandId: question.brandId ?? undefined,
  };
}
