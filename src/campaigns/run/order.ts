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
  mayMove,
  type CampaignKey,
  type CampaignOrder,
  type CampaignStatus,
  type Obeyed,
  type OrderDeps,
  type Ordered,
} from '../campaign.ts';
import { carryingAccountsOf } from '../draft/campaign-route.ts';
import { refuseUnapproved, type ThresholdDeps } from '../draft/approval.ts';
import { refuseEnded, refuseUnread, hasEnded, mayGrowStale, staleInText } from '../draft/refusals.ts';
import { keepLaunch, readRecurrence } from '../recurrence/recurrence.repository.ts';
import { tellOf, readyBatches, askedAgain, type AskedAgain } from './run.repository.ts';

const campaignIntent = (
  tenantId: string,
  campaignId: string,
): Pick<WorkflowIntent, 'workflow' | 'workflowId' | 'input'> => ({
  workflow: 'campaign',
  workflowId: campaignWorkflowId(campaignId),
  input: { tenantId, campaignId },
});

/** Builds the signal that lets the workflow of a campaign look again. */
export const replanIntent = (tenantId: string, campaignId: string): WorkflowIntent => ({
  ...campaignIntent(tenantId, campaignId),
  ...LOOK_AGAIN,
});

/** Launches a draft, now or at its `startAt`. */
export async function launchCampaign(
  tx: Transaction,
  deps: ThresholdDeps,
  ordered: Ordered & { readonly acknowledge?: readonly string[] | undefined },
): Promise<Obeyed> {
  await holdChoices(tx, 'follow');
  const campaign = await held(tx, ordered.campaignId, 'launch');
  await refuseEnded(tx, campaign, deps.clock.now());
  await refuseUnread(tx, campaign.audience);
  const account = await accountThatMay(tx, campaign);
  await refuseUnapproved(tx, deps, { campaign, account, actor: ordered.actor });
  const { acknowledge = [] } = ordered;
  mayGrowStale(await staleInText(tx, deps, { campaign, account }), acknowledge);
  await keepLaunch(tx, campaign.id, { actor: ordered.actor, acknowledge });
  return move(tx, deps, { ...ordered, order: 'launch', to: await startingStatus(tx, deps, campaign) });
}

/** Pauses a campaign from the next mark on. */
export async function pauseCampaign(tx: Transaction, deps: OrderDeps, ordered: Ordered): Promise<Obeyed> {
  await held(tx, ordered.campaignId, 'pause');
  return move(tx, deps, { ...ordered, order: 'pause', to: 'paused' });
}

/** Resumes a paused or parked campaign. */
export async function resumeCampaign(tx: Transaction, deps: OrderDeps, ordered: Ordered): Promise<Obeyed> {
  const campaign = await held(tx, ordered.campaignId, 'resume');
  if (campaign.parkedBecause === 'CREDIT') await trustAccountsOf(tx, campaign.id);
  return move(tx, deps, { ...ordered, order: 'resume', to: await startingStatus(tx, deps, campaign) });
}

/** Parks a campaign until an operator acts; `because` is a code, as BUDGET. */
export async function parkCampaign(
  tx: Transaction,
  deps: OrderDeps,
  ordered: Ordered & { readonly because: string },
): Promise<Obeyed> {
  await held(tx, ordered.campaignId, 'park');
  return move(tx, deps, { ...ordered, order: 'park', to: 'parked', parkedBecause: ordered.because });
}

/** Cancels a campaign: nothing begins after this commits; `sweepCampaign` then closes ready messages. */
export async function cancelCampaign(tx: Transaction, deps: OrderDeps, ordered: Ordered): Promise<Obeyed> {
  const { status } = await held(tx, ordered.campaignId, 'cancel');
  const order = status === 'draft' ? 'discard' : 'cancel';
  const obeyed = await move(tx, deps, { ...ordered, order, to: 'cancelled' });
  await endTrials(tx, { at: deps.clock.now().toISO() });
  return obeyed;
}

const OBEYED = { pause: pauseCampaign, resume: resumeCampaign, cancel: cancelCampaign } as const;

/** Entries of the audit in which an earlier run of the same order is looked for: it came seconds ago. */
const LAST_ENTRIES = 50;

/**
 * Obeys an order once: another run of the same one finds it in the audit and changes nothing, whatever a person has
 * ordered since. Throws a Refusal when the status does not allow it.
 */
export async function orderCampaign(
  tx: Transaction,
  deps: OrderDeps,
  about: Ordered & { readonly order: 'pause' | 'resume' | 'cancel'; readonly orderId: string },
): Promise<void> {
  const { order, orderId, ...ordered } = about;
  const { campaignId: subject } = ordered;
  // Waits for a run that has not committed yet: its entry is then there.
  await lockCampaign(tx, subject);
  const earlier = await auditEntriesAbout(tx, { subject, most: LAST_ENTRIES });
  if (earlier.some(({ details }) => details['orderId'] === orderId)) return;
  await OBEYED[order](tx, deps, { ...ordered, details: { orderId } });
}

async function held(tx: Transaction, id: string, order: CampaignOrder): Promise<Campaign> {
  const campaign = await lockCampaign(tx, id);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  mayMove(order, campaign.status);
  return campaign;
}

/** A recurrence stays scheduled: its occurrences are what runs. */
async function startingStatus(
  tx: Transaction,
  { clock }: OrderDeps,
  { id, startAt }: Campaign,
): Promise<'scheduled' | 'running'> {
  const isAwaited = startAt !== null && DateTime.fromISO(startAt) > clock.now();
  return isAwaited || (await readRecurrence(tx, id)) !== undefined ? 'scheduled' : 'running';
}

/**
 * Returns a campaign's account; each real one that may carry it must know the sender, and must have brought back a
 * STOP if it is to send.
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

const LOOK_AGAIN = { class: 'order', verb: 'signal', signal: 'replan' } as const;

/**
 * The order as the audit names it, and what it tells the workflow. Parking is the workflow's own decision and needs no
 * signal; a draft has no workflow yet.
 */
const EFFECTS = {
  launch: { action: 'campaign.launched', tells: { class: 'start', verb: 'start' } },
  pause: { action: 'campaign.paused', tells: LOOK_AGAIN },
  // A workflow lost with its server is started again by the same word.
  resume: { action: 'campaign.resumed', tells: { ...LOOK_AGAIN, verb: 'signal-with-start' } },
  park: { action: 'campaign.parked', tells: undefined },
  cancel: { action: 'campaign.cancelled', tells: LOOK_AGAIN },
  discard: { action: 'campaign.cancelled', tells: undefined },
} as const satisfies Record<string, { action: string; tells: Partial<WorkflowIntent> | undefined }>;

/** Changes the row first; the signal afterwards only means "look again". */
async function move(
  tx: Transaction,
  { clock }: OrderDeps,
  moving: Ordered & {
    readonly order: keyof typeof EFFECTS;
    readonly to: CampaignStatus;
    readonly parkedBecause?: string;
  },
): Promise<Obeyed> {
  const { campaignId: id, to, order, actor, parkedBecause, details = {} } = moving;
  const { action, tells } = EFFECTS[order];
  const at = clock.now().toISO();
  await moveCampaign(tx, id, { to, at, clockRevision: clock.revision, parkedBecause });
  await tellOf(tx, {
    machineMs: clock.machine(),
    intents: tells === undefined ? [] : [{ ...campaignIntent(tx.tenantId, id), ...tells }],
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

/** Returns the reason why a campaign's ready messages are ended now; undefined without one. */
export function sweepCause(campaign: Campaign, now: DateTime): 'CANCELLED' | 'EXPIRE_AT' | undefined {
  if (campaign.status === 'cancelled') return 'CANCELLED';
  return hasEnded(campaign, now) ? 'EXPIRE_AT' : undefined;
}

/** Ends all ready messages, 5,000 rows a transaction; safe to stop and to run again. Returns their number. */
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

/** A longer word is no keyword; the proof keeps its beginning. */
const LONGEST_KEYWORD = 160;

/**
 * Records a yes to a reconfirmation; any other reply is left alone. The wording agreed to is that of the campaign.
 * A yes lifts no STOP: that takes another proof.
 */
export async function answerReconfirmation(
  tx: Transaction,
  deps: ContactDeps,
  answer: {
    /** The reply. */
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
  const asked = await askedAgain(tx, { ...last, phoneIndex: deps.keys.phoneIndex(phone) });
  if (asked === undefined) return;
  const wording = await addWording(tx, deps, wordsOf(deps, asked));
  const { contactId, campaignId } = asked;
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

/** Returns the question as people read it, with the name of its sender. */
function wordsOf({ keys }: ContactDeps, asked: AskedAgain): Parameters<typeof addWording>[2] {
  const text = keys.open(campaignTextPlace(asked.campaignId), asked.sealed).toString('utf8');
  return {
    text: text.replaceAll(/\{brand(?:\|[^{}]*)?\}/g, asked.brand).replaceAll(/ ?\{stop\}/g, ' STOP'),
    purposes: ['marketing'],
    locale: asked.locale,
    brandId: asked.brandId ?? undefined,
  };
}
