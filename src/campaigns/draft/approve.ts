import { Refusal, type Transaction } from '../../platform/index.ts';
import { lockCampaign, type Campaign, readAccount, readCampaign } from '../campaign.repository.ts';
import { mayMove } from '../campaign.ts';
import { campaignWorkflowId, type Obeyed, type OrderDeps, type Ordered } from '../run/order.ts';
import { tellOf } from '../run/run.repository.ts';
import { tenantOf, type ApprovalThreshold } from '../../company/index.ts';
import {
  othersThan,
  addApproval,
  approvalsOf,
  draftsRehearsed,
  nameOfActor,
  type ApprovalGiven,
  type NamedPerson,
} from './draft.repository.ts';
import { peopleOf, weighed, type ThresholdDeps, type WeighedApproval } from './launch-conditions.ts';

/** Approves the present draft, once for each actor: a later change needs another approval. */
export async function approveCampaign(
  tx: Transaction,
  { clock }: OrderDeps,
  ordered: Ordered,
): Promise<Obeyed> {
  const { campaignId, actor } = ordered;
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  mayMove('launch', campaign.status);
  if (await isAuthor(tx, campaign, actor)) throw new Refusal('APPROVAL_OWN');
  const { revision, status } = campaign;
  const at = clock.now().toISO();
  const obeyed = { id: campaignId, status, workflowId: campaignWorkflowId(campaignId) };
  if (!(await addApproval(tx, { campaignId, revision, actor }, at))) return obeyed;
  const audit = { actor, action: 'campaign.approved', subject: campaignId, details: { revision } };
  await tellOf(tx, { intents: [], audit, at, machineMs: clock.machine() });
  return obeyed;
}

/** Says whether an actor is the author of a campaign, by whichever key or sign-in. */
async function isAuthor(
  tx: Transaction,
  { author }: Pick<Campaign, 'author'>,
  actor: string,
): Promise<boolean> {
  return author !== null && (await othersThan(tx, author, [actor])).length === 0;
}

/** The approval of a campaign by a second person: whether it is needed, why, and by whom it was given. */
export interface ApprovalView {
  readonly needed: boolean;
  /** The number of people a draft could write to now; null once it was launched. */
  readonly recipients: number | null;
  readonly cost: WeighedApproval['cost'];
  readonly threshold: ApprovalThreshold;
  readonly author: NamedPerson | null;
  /** Every approval of the launched version, or of the present draft, except its author's. */
  readonly approvedBy: readonly ApprovalGiven[];
  /** True when the reader's approval would count. */
  readonly mayApprove: boolean;
  /** True when the reader may launch: the approvals it needs are given. */
  readonly mayLaunch: boolean;
}

interface Asked {
  readonly campaign: Campaign;
  readonly actor: string;
}

/** Describes the approval a campaign needs, as `actor` reads it; null where the tenant requires none, and none was given. */
export async function approvalView(
  tx: Transaction,
  deps: ThresholdDeps,
  asked: Asked,
): Promise<ApprovalView | null> {
  const { campaign } = asked;
  const threshold = await thresholdOf(tx);
  const found = await givenBy(tx, asked);
  if (threshold === undefined && found.approvedBy.length === 0) return null;
  const account = campaign.status === 'draft' ? await readAccount(tx, { id: campaign.accountId }) : undefined;
  const rest = { ...asked, ...found, threshold: threshold ?? {} };
  if (account === undefined) return shown(rest, { recipients: null, cost: null, why: null });
  const recipients = await peopleOf(tx, deps, { campaign, account });
  const judged = await weighed(tx, deps, {
    campaign,
    threshold: rest.threshold,
    people: recipients,
  });
  return shown(rest, { ...judged, recipients });
}

/** A draft that waits for approval. */
export interface Awaiting extends Omit<ApprovalView, 'needed' | 'mayApprove' | 'mayLaunch' | 'approvedBy'> {
  readonly campaignId: string;
  readonly name: string;
  /** The system it belongs to. */
  readonly source: string;
}

/** Maximum number of drafts examined, newest first. */
const MOST_DRAFTS = 50;

/** Lists the drafts past the threshold by their last rehearsal, without an approval, that `actor` may approve. */
export async function awaitingApproval(
  tx: Transaction,
  deps: Pick<ThresholdDeps, 'terms' | 'clock'>,
  actor: string,
): Promise<Awaiting[]> {
  const threshold = await thresholdOf(tx);
  if (threshold === undefined) return [];
  const awaiting: Awaiting[] = [];
  for (const { id, people } of await draftsRehearsed(tx, MOST_DRAFTS)) {
    const campaign = await readCampaign(tx, id);
    if (campaign === undefined) continue;
    const judged = await weighed(tx, deps, { campaign, threshold, people });
    if (judged.why === null) continue;
    const { author, approvedBy, isOwn } = await givenBy(tx, { campaign, actor });
    if (isOwn || approvedBy.length > 0) continue;
    const { name, source } = campaign;
    awaiting.push({ campaignId: id, name, source, recipients: people, cost: judged.cost, threshold, author });
  }
  return awaiting;
}

async function thresholdOf(tx: Transaction): Promise<ApprovalThreshold | undefined> {
  const threshold = (await tenantOf(tx))?.settings.approval;
  return threshold === undefined || Object.keys(threshold).length === 0 ? undefined : threshold;
}

interface Given {
  readonly author: NamedPerson | null;
  readonly approvedBy: readonly ApprovalGiven[];
  readonly isOwn: boolean;
  /** True when somebody other than the reader approved. */
  readonly isSeconded: boolean;
}

async function givenBy(tx: Transaction, { campaign, actor }: Asked): Promise<Given> {
  const { author } = campaign;
  const revision = campaign.launchedRevision ?? campaign.revision;
  const all = await approvalsOf(tx, { campaignId: campaign.id, revision });
  const actors = all.map(({ by }) => by);
  // Earlier versions kept an author's own.
  const others = author === null ? actors : await othersThan(tx, author, actors);
  return {
    author: author === null ? null : { by: author, byName: await nameOfActor(tx, author) },
    approvedBy: all.filter(({ by }) => others.includes(by)),
    isOwn: await isAuthor(tx, campaign, actor),
    isSeconded: actors.length > 0 && (await othersThan(tx, actor, actors)).length > 0,
  };
}

function shown(
  {
    campaign,
    actor,
    threshold,
    author,
    approvedBy,
    isOwn,
    isSeconded,
  }: Asked & Given & { readonly threshold: ApprovalThreshold },
  { recipients, cost, why }: WeighedApproval & { readonly recipients: number | null },
): ApprovalView {
  const isDraft = campaign.status === 'draft';
  return {
    needed: why !== null,
    recipients,
    cost,
    threshold,
    author,
    approvedBy,
    mayApprove: isDraft && !isOwn && approvedBy.every(({ by }) => by !== actor),
    mayLaunch: isDraft && (why === null || isSeconded),
  };
}
