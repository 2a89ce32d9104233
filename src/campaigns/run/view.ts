import { DateTime } from 'luxon';
import type { Transaction, ReasonInWords } from '../../platform/index.ts';
import {
  haltsInForce,
  haltSentence,
  listParked,
  costOfCampaign,
  costOfCampaignAtOnce,
  type WaitingFor,
} from '../../sending/index.ts';
import { tenantOf, raise } from '../../company/index.ts';
import {
  accountsOfEach,
  audienceCountsOf,
  pendingByPlaceOfEach,
  type AudienceCounts,
  haltOf,
  noteLateForecast,
} from './run.repository.ts';
import { campaignWorkflowId, parkedBecause, say, isOver } from '../campaign.ts';
import {
  isoOf,
  rateOf,
  departureOf,
  mayLeave,
  campaignStartOf,
  forecast,
  type LocalDeparture,
  type RehearsalReader,
} from '../rehearsal/departure.ts';
import { readAccount, readAccounts, readCampaign, type Campaign } from '../campaign.repository.ts';
import {
  nextOccurrence,
  type Recurrence,
  recurrencesOfEach,
  recurrencesBehind,
} from '../recurrence/recurrence.repository.ts';
import type { Language } from '../../words/index.ts';
import type { RehearsalReport } from '../rehearsal/rehearsal-report.ts';
import { isRehearsed, readLastRehearsal } from '../rehearsal/rehearsal.repository.ts';

/** Reads one campaign with its accounts and its next step; undefined when there is none. */
export async function campaignView(tx: Transaction, campaignId: string, reader: RehearsalReader) {
  const campaign = await readCampaign(tx, campaignId);
  return campaign && viewOf(tx, campaign, reader);
}

/** Builds the view of a campaign that was already read. */
export async function viewOf(tx: Transaction, campaign: Campaign, reader: RehearsalReader) {
  return viewFrom(campaign, await factsOf(tx, [campaign], reader), reader);
}

/** Builds the views of a page of campaigns, with as many statements as for one. */
export async function viewsOf(tx: Transaction, campaigns: readonly Campaign[], reader: RehearsalReader) {
  if (campaigns.length === 0) return [];
  const facts = await factsOf(tx, campaigns, reader);
  return campaigns.map((campaign) => viewFrom(campaign, facts, reader));
}

/** Reads the facts of which the views of some campaigns are made, by the id of the campaign or account. */
async function factsOf(tx: Transaction, campaigns: readonly Campaign[], reader: RehearsalReader) {
  const ids = campaigns.map(({ id }) => id);
  // Nobody of a campaign that is over waits for a departure.
  const open = campaigns.filter(({ status }) => !isOver(status));
  const underWay = campaigns.filter(isUnderWay);
  // Asked together: they are one journey to the database.
  const [places, stoppedAt, recurrences, behind, accounts, counts] = await Promise.all([
    pendingByPlaceOfEach(tx, { campaignIds: open.map(({ id }) => id), now: reader.now.toISO() }),
    stoppedAtEach(tx, accountIdsOf(underWay), reader),
    recurrencesOfEach(tx, ids),
    recurrencesBehind(tx, ids),
    readAccounts(tx, accountIdsOf(campaigns)),
    accountsOfEach(tx, ids),
  ]);
  return { places, stoppedAt, recurrences, behind, accounts, counts };
}

/** Says whether a campaign is launched, and neither held nor over. */
const isUnderWay = ({ status }: Campaign): boolean => status === 'scheduled' || status === 'running';

const accountIdsOf = (campaigns: readonly Campaign[]): string[] => [
  ...new Set(campaigns.map(({ accountId }) => accountId)),
];

/** Shows a campaign. */
function viewFrom(campaign: Campaign, facts: Awaited<ReturnType<typeof factsOf>>, reader: RehearsalReader) {
  const stopped = stoppedBy(campaign, facts.stoppedAt.get(campaign.accountId), reader.language);
  const recurrence = facts.recurrences.get(campaign.id) ?? null;
  const held = facts.counts.get(campaign.id) ?? audienceCountsOf([]);
  const places = facts.places.get(campaign.id) ?? [];
  const departures = places.map((place) => departureOf(campaign, place, reader));
  const next = stopped === undefined ? earliest(campaign, { departures, recurrence }, reader.now) : null;
  const ratePerSecond = rateOf(campaign, facts.accounts.get(campaign.accountId));
  return {
    id: campaign.id,
    name: campaign.name,
    purpose: campaign.purpose,
    status: campaign.status,
    startAt: campaign.startAt,
    expireAt: campaign.expireAt,
    accounts: held,
    nextDepartureAt: next,
    // The remaining people become CANCELLED in a moment.
    waitingFor: isOver(campaign.status)
      ? null
      : (waitingFor(departures, stopped, reader.language) ?? inDoubt(campaign, held, reader.language)),
    forecast:
      stopped === undefined && next !== null && recurrence === null
        ? forecast(campaign, departures, { ...reader, ratePerSecond })
        : null,
    workflowId: campaignWorkflowId(campaign.id),
    recurrence: recurrence && shown(recurrence),
    /** The recurrence of which this is an occurrence. */
    recurrenceOf: facts.behind.get(campaign.id) ?? null,
  };
}

const shown = ({ every, on, at, timeZone, until, expiresAfter }: Recurrence): Recurrence => ({
  every,
  on,
  at,
  timeZone,
  until,
  expiresAfter,
});

/** Returns the reason why a person's order, and not the hour, holds everything back. */
function stoppedBy(
  campaign: Campaign,
  atItsAccount: ReasonInWords | undefined,
  language: Language,
): ReasonInWords | undefined {
  switch (campaign.status) {
    case 'paused':
      return say('PAUSED', language);
    case 'parked':
      return parkedBecause(campaign, language);
    case 'draft':
    case 'cancelled':
    case 'finished':
      return undefined;
    case 'scheduled':
    case 'running':
      return atItsAccount;
    default:
      return campaign.status satisfies never;
  }
}

/** Returns the reasons why nothing may leave by some accounts, by the id of the account. */
async function stoppedAtEach(
  tx: Transaction,
  accountIds: readonly string[],
  reader: RehearsalReader,
): Promise<ReadonlyMap<string, ReasonInWords>> {
  const reasons = await Promise.all(
    accountIds.map(async (id) => [id, await stopAt(tx, id, reader)] as const),
  );
  return new Map(reasons.flatMap(([id, reason]) => (reason === undefined ? [] : [[id, reason]])));
}

async function stopAt(
  tx: Transaction,
  accountId: string,
  reader: RehearsalReader,
): Promise<ReasonInWords | undefined> {
  const halt = await haltOf(tx, accountId);
  if (halt === undefined) return undefined;
  const { code } = halt;
  if (code === 'HALTED') return { code, text: await haltText(tx, accountId, reader) };
  if (code === 'SUPPRESSIONS_PARKED') return { code, text: listParked(halt.importId)[reader.language] };
  return say(code, reader.language);
}

/** Words the halt: what, since when, by whom and why; a halt lifted a moment ago, that alone. */
async function haltText(
  tx: Transaction,
  accountId: string,
  { now, language }: RehearsalReader,
): Promise<string> {
  const halt = (await haltsInForce(tx)).find((one) => one.gateway === null || one.accountId === accountId);
  const zone = (await tenantOf(tx))?.timeZone ?? 'utc';
  return halt === undefined ? say('HALTED', language).text : haltSentence(halt, { now, language, zone });
}

/** Returns the first moment at which a remaining person may be written to. */
function earliest(
  campaign: Campaign,
  {
    departures,
    recurrence,
  }: { readonly departures: readonly LocalDeparture[]; readonly recurrence: Recurrence | null },
  now: DateTime<true>,
): string | null {
  if (!isUnderWay(campaign)) return null;
  if (recurrence !== null) return isoOf(nextOccurrence(recurrence, now)?.toUTC());
  const moments = departures.flatMap(({ decision }) => (mayLeave(decision) ? [decision.at] : []));
  if (moments.length > 0) return isoOf(DateTime.min(...moments));
  // Nobody is known before the freeze: the start is what can be said.
  return campaign.frozenAt === null ? isoOf(campaignStartOf(campaign, now)) : null;
}

function waitingFor(
  departures: readonly LocalDeparture[],
  stopped: ReasonInWords | undefined,
  language: Language,
): WaitingFor | null {
  const held =
    stopped === undefined ? departures.filter(({ decision }) => decision?.verdict !== 'allow') : departures;
  const until = ({ decision }: LocalDeparture): string | null =>
    stopped === undefined && decision?.verdict === 'hold' ? isoOf(decision.at) : null;
  const byTerritory = held.map((place) => ({
    territory: place.territory,
    count: place.count,
    until: until(place),
  }));
  if (stopped !== undefined)
    return { code: stopped.code, ruleId: null, until: null, text: stopped.text, byTerritory };
  const first = held.toSorted((one, other) => moment(one) - moment(other))[0];
  if (first === undefined) return null;
  const because = first.decision?.because ?? say('PLACE_UNKNOWN', language);
  return {
    code: because.code,
    ruleId: because.ruleId ?? null,
    until: until(first),
    text: because.text,
    byTerritory,
  };
}

/** Everybody was written to, and some outcomes are unknown. */
function inDoubt(
  { status }: Pick<Campaign, 'status'>,
  { pending, uncertain }: AudienceCounts,
  language: Language,
): WaitingFor | null {
  if (status !== 'running' || pending > 0 || uncertain === 0) return null;
  return { ...say('UNCERTAIN', language), ruleId: null, until: null, byTerritory: [] };
}

const moment = ({ decision }: LocalDeparture): number => decision?.at.toMillis() ?? Number.MAX_SAFE_INTEGER;

/** A campaign's cost, beside the estimate of its rehearsal. */
export type CampaignCost = Awaited<ReturnType<typeof campaignCost>>;

/** The cost of so many messages is counted within 40 ms: 18 µs each, measured on 300,000. */
export const COUNTED_IN_VIEW = 2_000;

/** Computes a campaign's cost so far, without its trials, and the estimate. */
export async function campaignCost(tx: Transaction, campaign: Campaign) {
  const report = await foreseen(tx, campaign);
  return {
    /** Of the last rehearsal of the present or launched version; null without one, or without a price. */
    estimated: report?.cost ?? null,
    /** The same by account and territory; empty without such a rehearsal, and for those of earlier versions. */
    estimatedLines: report?.costLines ?? [],
    ...(await costOfCampaign(tx, campaign.id)),
  };
}

/** Returns its sums; null while more messages than a view may wait for would have to be counted. */
export async function costInView(tx: Transaction, campaign: Campaign) {
  const cost = await costOfCampaignAtOnce(tx, campaign.id, COUNTED_IN_VIEW);
  if (cost === undefined) return null;
  return { estimated: (await foreseen(tx, campaign))?.cost ?? null, totals: cost.totals };
}

/** Reads the last rehearsal of the present or launched version. */
async function foreseen(
  tx: Transaction,
  campaign: Campaign,
): Promise<(Pick<RehearsalReport, 'cost'> & Partial<Pick<RehearsalReport, 'costLines'>>) | undefined> {
  const kept = await readLastRehearsal(tx, campaign.id);
  return kept !== undefined && isRehearsed(kept, campaign) ? (kept.report ?? undefined) : undefined;
}

/** No window is open for longer. */
const ONE_WINDOW_HOURS = 24;

/** Raises the event that a campaign will not finish within one window, or that part of it never will; at its freeze. */
export async function tellLateForecast(
  tx: Transaction,
  campaignId: string,
  reader: RehearsalReader,
): Promise<void> {
  const campaign = await readCampaign(tx, campaignId);
  if (campaign === undefined) return;
  // Without a rate nobody can tell when the last one leaves.
  const rate = campaign.ratePerSecond ?? (await readAccount(tx, { id: campaign.accountId }))?.ratePerSecond;
  if (rate === null || rate === undefined) return;
  const { forecast: coming, accounts: counts } = await viewOf(tx, campaign, reader);
  if (coming === null || coming.firstDepartureAt === null || counts.pending === 0) return;
  const { firstDepartureAt, lastDepartureAt } = coming;
  if (lastDepartureAt === null ? campaign.expireAt === null : isOneWindow(firstDepartureAt, lastDepartureAt))
    return;
  await noteLateForecast(tx, campaignId);
  const about = { firstDepartureAt, lastDepartureAt, pending: counts.pending };
  await raise(tx, [{ type: 'campaign.forecast-late', subject: campaignId, about }], reader.now.toISO());
}

const isOneWindow = (first: string, last: string): boolean =>
  DateTime.fromISO(last).diff(DateTime.fromISO(first)).as('hours') < ONE_WINDOW_HOURS &&
  last.slice(0, 10) === first.slice(0, 10);
