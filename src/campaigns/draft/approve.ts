import { Refusal, type Transaction } from '../../platform/index.ts';
import { lockCampaign, type Campaign, readAccount, readCampaignsOf } from '../campaign.repository.ts';
import { mayMove } from '../campaign.ts';
import { campaignWorkflowId, type Obeyed, type OrderDeps, type Ordered } from '../run/order.ts';
import { tellOf } from '../run/run.repository.ts';
import { tenantOf, type ApprovalThreshold } from '../../company/index.ts';
import {
  othersAmong,
  othersThan,
  addApproval,
  approvalsOf,
  draftsRehearsed,
  namesOfActors,
  type ActorPair,
  type ApprovalGiven,
} from './draft.repository.ts';
import {
  peopleOf,
  weighed,
  weighedEach,
  type ThresholdDeps,
  type WeighedApproval,
} from './launch-conditions.ts';

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
export type ApprovalView = ReturnType<typeof shown>;

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
export interface Awaiting extends Pick<ApprovalView, 'recipients' | 'cost' | 'threshold' | 'author'> {
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
  const rehearsed = await draftsRehearsed(tx, MOST_DRAFTS);
  const known = await readCampaignsOf(
    tx,
    rehearsed.map(({ id }) => id),
  );
  const all = rehearsed.flatMap(({ id, people }) => {
    const campaign = known.get(id);
    return campaign === undefined ? [] : [{ campaign, people }];
  });
  const judged = await weighedEach(tx, deps, { threshold, all });
  const past = all.flatMap((one, place) => {
    const { why = null, cost = null } = judged[place] ?? {};
    return why === null ? [] : [{ ...one, cost }];
  });
  const facts = await givenFacts(tx, { campaigns: past.map(({ campaign }) => campaign), actor });
  return past.flatMap(({ campaign, people, cost }) => {
    const { author, approvedBy, isOwn } = givenFrom(facts, { campaign, actor });
    if (isOwn || approvedBy.length > 0) return [];
    const { id: campaignId, name, source } = campaign;
    return [{ campaignId, name, source, recipients: people, cost, threshold, author }];
  });
}

async function thresholdOf(tx: Transaction): Promise<ApprovalThreshold | undefined> {
  const threshold = (await tenantOf(tx))?.settings.approval;
  return threshold === undefined || Object.keys(threshold).length === 0 ? undefined : threshold;
}

type Given = ReturnType<typeof givenFrom>;

const givenBy = async (tx: Transaction, { campaign, actor }: Asked): Promise<Given> =>
  givenFrom(await givenFacts(tx, { campaigns: [campaign], actor }), { campaign, actor });

/** The authors and approvers of some campaigns, as one actor reads them. */
type GivenFacts = Awaited<ReturnType<typeof givenFacts>>;

/** Reads them with as many statements as for one campaign. */
async function givenFacts(
  tx: Transaction,
  { campaigns, actor }: { readonly campaigns: readonly Campaign[]; readonly actor: string },
) {
  const revisions = campaigns.map(({ id, launchedRevision, revision }) => ({
    campaignId: id,
    revision: launchedRevision ?? revision,
  }));
  const approvals = await approvalsOf(tx, revisions);
  const authors = new Set(campaigns.flatMap(({ author }) => author ?? []));
  const pairs = campaigns.flatMap(({ id, author }) => {
    const approvers = (approvals.get(id) ?? []).map(({ by }) => by);
    const ofReader = approvers.map((other) => ({ actor, other }));
    if (author === null) return ofReader;
    return [...ofReader, ...[actor, ...approvers].map((other) => ({ actor: author, other }))];
  });
  const others = new Set((await othersAmong(tx, pairs)).map(keyOf));
  return {
    approvals,
    names: await namesOfActors(tx, [...authors]),
    /** Says whether two actors are two people. */
    isOther: (one: string, other: string) => others.has(keyOf({ actor: one, other })),
  };
}

const keyOf = ({ actor, other }: ActorPair): string => JSON.stringify([actor, other]);

function givenFrom({ approvals, names, isOther }: GivenFacts, { campaign, actor }: Asked) {
  const { id, author } = campaign;
  const all = approvals.get(id) ?? [];
  // Earlier versions kept an author's own.
  const approvedBy: readonly ApprovalGiven[] = all.filter(({ by }) => author === null || isOther(author, by));
  return {
    author: author === null ? null : { by: author, byName: names.get(author) ?? null },
    approvedBy,
    isOwn: author !== null && !isOther(author, actor),
    isSeconded: all.some(({ by }) => isOther(actor, by)),
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
) {
  const isDraft = campaign.status === 'draft';
  return {
    needed: why !== null,
    /** The number of people a draft could write to now; null once it was launched. */
    recipients,
    cost,
    threshold,
    author,
    /** Every approval of the launched version, or of the present draft, except its author's. */
    approvedBy,
    /** True when the reader's approval would count. */
    mayApprove: isDraft && !isOwn && approvedBy.every(({ by }) => by !== actor),
    /** True when the reader may launch: the approvals it needs are given. */
    mayLaunch: isDraft && (why === null || isSeconded),
  };
}
