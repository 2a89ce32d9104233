import { Refusal, type Transaction } from '../../platform/index.ts';
import { tenantOf, type ApprovalThreshold } from '../../company/index.ts';
import type { ContactDeps } from '../../people/index.ts';
import { costOfParts, micros } from '../../sms/index.ts';
import { bilingual, inEachLanguage, type Words } from '../../words/index.ts';
import {
  lockCampaign,
  readAccount,
  readCampaignsOf,
  type Campaign,
  type CampaignAccount,
} from '../campaign.repository.ts';
import {
  campaignWorkflowId,
  refuseMove,
  type OrderResult,
  type OrderDeps,
  type CampaignAct,
} from '../campaign.ts';
import { servableNow } from '../audience/series-audience.ts';
import { mostPartsOf } from '../rehearsal/departure.ts';
import { tellOf } from '../run/run.repository.ts';
import { highestPrices, type Prices } from './campaign-route.ts';
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

const { askAnother, yours, tooMany, tooDear } = bilingual.campaign.approval;

export interface ThresholdDeps extends ContactDeps {
  readonly terms: Prices;
}

/** Refuses a launch that exceeds the tenant's threshold, unless somebody else has approved the draft. */
export async function refuseUnapproved(
  tx: Transaction,
  deps: ThresholdDeps,
  {
    campaign,
    account,
    actor,
  }: { readonly campaign: Campaign; readonly account: CampaignAccount; readonly actor: string },
): Promise<void> {
  const threshold = await thresholdOf(tx);
  if (threshold === undefined) return;
  const people = await peopleOf(tx, deps, { campaign, account });
  const { why } = await compareOne(tx, deps, { campaign, threshold, people });
  if (why === null) return;
  const given = await approvalsOf(tx, [{ campaignId: campaign.id, revision: campaign.revision }]);
  const actors = (given.get(campaign.id) ?? []).map(({ by }) => by).filter((by) => by !== actor);
  if (actors.length === 0) throw new Refusal('APPROVAL_NEEDED', { detail: joinWords(why, askAnother) });
  if ((await othersThan(tx, actor, actors)).length > 0) return;
  throw new Refusal('APPROVAL_BY_YOURSELF', { detail: joinWords(why, yours, askAnother) });
}

/** Counts the people to whom a campaign could write if it were launched now. */
async function peopleOf(
  tx: Transaction,
  deps: ContactDeps,
  question: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<number> {
  const places = await servableNow(tx, deps, question);
  return places.reduce((sum, { count }) => sum + count, 0);
}

type ThresholdComparison = ReturnType<typeof comparison>;

interface CampaignCounted {
  readonly campaign: Campaign;
  readonly people: number;
}

/**
 * Compares a campaign with the tenant's threshold. Its cost is the highest possible one: every text has the most parts
 * that the campaign allows, at the highest price.
 */
async function compareOne(
  tx: Transaction,
  deps: Pick<ThresholdDeps, 'terms' | 'clock'>,
  { threshold, ...one }: CampaignCounted & { readonly threshold: ApprovalThreshold },
): Promise<ThresholdComparison> {
  const [only] = await compareEach(tx, deps, { threshold, all: [one] });
  // Without a comparison it would need nobody's approval.
  if (only === undefined) throw new TypeError('a campaign was not weighed');
  return only;
}

/** Compares each campaign, in order, with as many statements as for one. */
async function compareEach(
  tx: Transaction,
  { terms, clock }: Pick<ThresholdDeps, 'terms' | 'clock'>,
  { threshold, all }: { readonly threshold: ApprovalThreshold; readonly all: readonly CampaignCounted[] },
): Promise<readonly ThresholdComparison[]> {
  const campaigns = all.map(({ campaign }) => campaign);
  const prices = threshold.cost === undefined ? [] : await highestPrices(tx, terms, campaigns);
  const now = clock.now();
  return all.map(({ campaign, people }, index) => {
    const price = prices[index] ?? null;
    const most = price === null ? undefined : costOfParts(price, people * mostPartsOf(campaign, now));
    return comparison(threshold, { people, most, currency: campaign.currency });
  });
}

function comparison(
  { recipients, cost }: ApprovalThreshold,
  given: Pick<CampaignCounted, 'people'> &
    Pick<Campaign, 'currency'> & {
      /** The highest cost; undefined where the threshold has no cost, or no price is configured. */
      readonly most: string | undefined;
    },
) {
  const { people, most, currency } = given;
  const excess = (): Words | null => {
    if (recipients !== undefined && people > recipients) return tooMany({ people, most: recipients });
    if (cost === undefined || most === undefined || micros(most) <= micros(cost.amount)) return null;
    return tooDear({ cost: `${most} ${currency}`, most: cost.amount });
  };
  return {
    /** The highest possible cost; null where the threshold has no cost, or no price is configured. */
    cost: most === undefined ? null : { amount: most, currency },
    /** What exceeds the threshold; null when nothing does. */
    why: excess(),
  };
}

const joinWords = (...sentences: readonly Words[]): Words =>
  inEachLanguage((language) => sentences.map((one) => one[language]).join(' '));

/** Approves the present revision of a draft, once for each actor; after a change it needs another approval. */
export async function approveCampaign(
  tx: Transaction,
  { clock }: OrderDeps,
  act: CampaignAct,
): Promise<OrderResult> {
  const { campaignId, actor } = act;
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  refuseMove('launch', campaign.status);
  if (await isAuthor(tx, campaign, actor)) throw new Refusal('APPROVAL_OWN');
  const { revision, status } = campaign;
  const at = clock.now().toISO();
  const result = { id: campaignId, status, workflowId: campaignWorkflowId(campaignId) };
  if (!(await addApproval(tx, { campaignId, revision, actor }, at))) return result;
  const audit = { actor, action: 'campaign.approved', subject: campaignId, details: { revision } };
  await tellOf(tx, { intents: [], audit, at, machineMs: clock.machine() });
  return result;
}

/** Says whether an actor is the author of a campaign, by any of the author's keys or sign-ins. */
async function isAuthor(
  tx: Transaction,
  { author }: Pick<Campaign, 'author'>,
  actor: string,
): Promise<boolean> {
  return author !== null && (await othersThan(tx, author, [actor])).length === 0;
}

/** The approval of a campaign by a second person, as one actor reads it. */
export type ApprovalView = ReturnType<typeof viewOf>;

interface ApprovalQuestion {
  readonly campaign: Campaign;
  readonly actor: string;
}

/** Describes the approval that a campaign needs, as `actor` reads it; null when none is required and none was given. */
export async function approvalView(
  tx: Transaction,
  deps: ThresholdDeps,
  question: ApprovalQuestion,
): Promise<ApprovalView | null> {
  const { campaign } = question;
  const threshold = await thresholdOf(tx);
  const state = await readApprovalState(tx, question);
  if (threshold === undefined && state.approvedBy.length === 0) return null;
  const account = campaign.status === 'draft' ? await readAccount(tx, { id: campaign.accountId }) : undefined;
  const rest = { ...question, ...state, threshold: threshold ?? {} };
  if (account === undefined) return viewOf(rest, { recipients: null, cost: null, why: null });
  const recipients = await peopleOf(tx, deps, { campaign, account });
  const compared = await compareOne(tx, deps, { campaign, threshold: rest.threshold, people: recipients });
  return viewOf(rest, { ...compared, recipients });
}

/** A draft that waits for approval. */
export interface Awaiting extends Pick<ApprovalView, 'recipients' | 'cost' | 'threshold' | 'author'> {
  readonly campaignId: string;
  readonly name: string;
  /** The system it belongs to. */
  readonly source: string;
}

/** The most drafts that are examined, newest first. */
const MOST_DRAFTS = 50;

/** Lists the drafts that exceed the threshold by their last rehearsal, have no approval, and may be approved by `actor`. */
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
  const compared = await compareEach(tx, deps, { threshold, all });
  const past = all.flatMap((one, index) => {
    const { why = null, cost = null } = compared[index] ?? {};
    return why === null ? [] : [{ ...one, cost }];
  });
  const facts = await readApprovalFacts(tx, { campaigns: past.map(({ campaign }) => campaign), actor });
  return past.flatMap(({ campaign, people, cost }) => {
    const { author, approvedBy, isOwn } = approvalState(facts, { campaign, actor });
    if (isOwn || approvedBy.length > 0) return [];
    const { id: campaignId, name, source } = campaign;
    return [{ campaignId, name, source, recipients: people, cost, threshold, author }];
  });
}

async function thresholdOf(tx: Transaction): Promise<ApprovalThreshold | undefined> {
  const threshold = (await tenantOf(tx))?.settings.approval;
  return threshold === undefined || Object.keys(threshold).length === 0 ? undefined : threshold;
}

const readApprovalState = async (tx: Transaction, { campaign, actor }: ApprovalQuestion) =>
  approvalState(await readApprovalFacts(tx, { campaigns: [campaign], actor }), { campaign, actor });

/** Reads who made and who approved some campaigns, and which of them are other people than the actor. */
async function readApprovalFacts(
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

function approvalState(
  { approvals, names, isOther }: Awaited<ReturnType<typeof readApprovalFacts>>,
  { campaign, actor }: ApprovalQuestion,
) {
  const { id, author } = campaign;
  const all = approvals.get(id) ?? [];
  // Earlier versions stored approvals by the author.
  const approvedBy: readonly ApprovalGiven[] = all.filter(({ by }) => author === null || isOther(author, by));
  return {
    author: author === null ? null : { by: author, byName: names.get(author) ?? null },
    approvedBy,
    isOwn: author !== null && !isOther(author, actor),
    isSeconded: all.some(({ by }) => isOther(actor, by)),
  };
}

function viewOf(
  {
    campaign,
    actor,
    threshold,
    author,
    approvedBy,
    isOwn,
    isSeconded,
  }: ApprovalQuestion & ReturnType<typeof approvalState> & { readonly threshold: ApprovalThreshold },
  { recipients, cost, why }: ThresholdComparison & { readonly recipients: number | null },
) {
  const isDraft = campaign.status === 'draft';
  return {
    needed: why !== null,
    /** The number of people to whom a draft could write now; null once it was launched. */
    recipients,
    cost,
    threshold,
    author,
    /** The approvals of the launched revision, or of the present draft, except the author's. */
    approvedBy,
    /** True when the reader's approval would count. */
    mayApprove: isDraft && !isOwn && approvedBy.every(({ by }) => by !== actor),
    /** True when the reader may launch: no approval is needed, or somebody else gave one. */
    mayLaunch: isDraft && (why === null || isSeconded),
  };
}
