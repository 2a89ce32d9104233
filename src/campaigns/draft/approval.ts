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
import { campaignWorkflowId, mayMove, type Obeyed, type OrderDeps, type Ordered } from '../campaign.ts';
import { servableNow } from '../audience/series-audience.ts';
import { mostPartsOf } from '../rehearsal/departure.ts';
import { tellOf } from '../run/run.repository.ts';
import { dearestPrices, type Prices } from './campaign-route.ts';
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
  const threshold = await thresholdOf(tx);
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
async function peopleOf(
  tx: Transaction,
  deps: ContactDeps,
  asked: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<number> {
  const places = await servableNow(tx, deps, asked);
  return places.reduce((sum, { count }) => sum + count, 0);
}

/** A campaign compared with the tenant's threshold. */
type WeighedApproval = ReturnType<typeof compared>;

interface CampaignCounted {
  readonly campaign: Campaign;
  readonly people: number;
}

/** Finds what exceeds the threshold; the cost assumes the most parts that the campaign allows, at the highest price. */
async function weighed(
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
async function weighedEach(
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
) {
  const { people, most, currency } = given;
  const excess = (): Words | null => {
    if (recipients !== undefined && people > recipients) return tooMany({ people, most: recipients });
    if (cost === undefined || most === undefined || micros(most) <= micros(cost.amount)) return null;
    return tooDear({ cost: `${most} ${currency}`, most: cost.amount });
  };
  return {
    /** The highest cost that it allows; null where no cost is asked about, or no price is configured. */
    cost: most === undefined ? null : { amount: most, currency },
    /** Names what exceeds the threshold; null for nothing. */
    why: excess(),
  };
}

const together = (...said: readonly Words[]): Words =>
  inEachLanguage((language) => said.map((one) => one[language]).join(' '));

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
  const judged = await weighed(tx, deps, { campaign, threshold: rest.threshold, people: recipients });
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

const givenBy = async (tx: Transaction, { campaign, actor }: Asked) =>
  givenFrom(await givenFacts(tx, { campaigns: [campaign], actor }), { campaign, actor });

/** Reads the authors and approvers of some campaigns, as one actor reads them, by as many statements as of one. */
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

function givenFrom(
  { approvals, names, isOther }: Awaited<ReturnType<typeof givenFacts>>,
  { campaign, actor }: Asked,
) {
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
  }: Asked & ReturnType<typeof givenFrom> & { readonly threshold: ApprovalThreshold },
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
