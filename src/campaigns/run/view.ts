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
import { campaignWorkflowId, parkedBecause, reasonFor, isOver } from '../campaign.ts';
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

/** Reads one campaign with its counts and its next departure; undefined when there is none. */
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

/** Reads what the views of some campaigns need, by the id of the campaign or of the account. */
async function factsOf(tx: Transaction, campaigns: readonly Campaign[], reader: RehearsalReader) {
  const ids = campaigns.map(({ id }) => id);
  // In a campaign that is over nobody waits for a departure.
  const open = campaigns.filter(({ status }) => !isOver(status));
  const underWay = campaigns.filter(isUnderWay);
  // Sent together, they take one round trip to the database.
  const [places, stoppedAt, recurrences, behind, accounts, counts] = await Promise.all([
    pendingByPlaceOfEach(tx, { campaignIds: open.map(({ id }) => id), now: reader.now.toISO() }),
    haltReasons(tx, accountIdsOf(underWay), reader),
    recurrencesOfEach(tx, ids),
    recurrencesBehind(tx, ids),
    readAccounts(tx, accountIdsOf(campaigns)),
    accountsOfEach(tx, ids),
  ]);
  return { places, stoppedAt, recurrences, behind, accounts, counts };
}

/** Says whether a campaign is launched, and neither paused, parked nor over. */
const isUnderWay = ({ status }: Campaign): boolean => status === 'scheduled' || status === 'running';

const accountIdsOf = (campaigns: readonly Campaign[]): string[] => [
  ...new Set(campaigns.map(({ accountId }) => accountId)),
];

function viewFrom(campaign: Campaign, facts: Awaited<ReturnType<typeof factsOf>>, reader: RehearsalReader) {
  const stopped = stoppedBy(campaign, facts.stoppedAt.get(campaign.accountId), reader.language);
  const recurrence = facts.recurrences.get(campaign.id) ?? null;
  const held = facts.counts.get(campaign.id) ?? audienceCountsOf([]);
  const places = facts.places.get(campaign.id) ?? [];
  const departures = places.map((place) => departureOf(campaign, place, reader));
  const next = stopped === undefined ? nextDeparture(campaign, { departures, recurrence }, reader.now) : null;
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
    // The people who remain in a campaign that is over get their final state in a moment.
    waitingFor: isOver(campaign.status)
      ? null
      : (waitingFor(departures, stopped, reader.language) ??
        waitingForOutcomes(campaign, held, reader.language)),
    forecast:
      stopped === undefined && next !== null && recurrence === null
        ? forecast(campaign, departures, { ...reader, ratePerSecond })
        : null,
    workflowId: campaignWorkflowId(campaign.id),
    recurrence: recurrence && recurrenceView(recurrence),
    /** The recurrence of which this is an occurrence. */
    recurrenceOf: facts.behind.get(campaign.id) ?? null,
  };
}

const recurrenceView = ({ every, on, at, timeZone, until, expiresAfter }: Recurrence): Recurrence => ({
  every,
  on,
  at,
  timeZone,
  until,
  expiresAfter,
});

/** Returns why an order of a person, and not the hour, stops everything; undefined when nothing is stopped. */
function stoppedBy(
  campaign: Campaign,
  atItsAccount: ReasonInWords | undefined,
  language: Language,
): ReasonInWords | undefined {
  switch (campaign.status) {
    case 'paused':
      return reasonFor('PAUSED', language);
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

/** Returns why nothing may be sent by some accounts, by the id of the account. */
async function haltReasons(
  tx: Transaction,
  accountIds: readonly string[],
  reader: RehearsalReader,
): Promise<ReadonlyMap<string, ReasonInWords>> {
  const reasons = await Promise.all(
    accountIds.map(async (id) => [id, await haltReason(tx, id, reader)] as const),
  );
  return new Map(reasons.flatMap(([id, reason]) => (reason === undefined ? [] : [[id, reason]])));
}

async function haltReason(
  tx: Transaction,
  accountId: string,
  reader: RehearsalReader,
): Promise<ReasonInWords | undefined> {
  const halt = await haltOf(tx, accountId);
  if (halt === undefined) return undefined;
  const { code } = halt;
  if (code === 'HALTED') return { code, text: await haltText(tx, accountId, reader) };
  if (code === 'SUPPRESSIONS_PARKED') return { code, text: listParked(halt.importId)[reader.language] };
  return reasonFor(code, reader.language);
}

/** Writes what is halted, since when, by whom and why; for a halt that was lifted a moment ago, only that it is one. */
async function haltText(
  tx: Transaction,
  accountId: string,
  { now, language }: RehearsalReader,
): Promise<string> {
  const halt = (await haltsInForce(tx)).find((one) => one.gateway === null || one.accountId === accountId);
  const zone = (await tenantOf(tx))?.timeZone ?? 'utc';
  return halt === undefined
    ? reasonFor('HALTED', language).text
    : haltSentence(halt, { now, language, zone });
}

/** Returns the first moment at which somebody who waits may be written to. */
function nextDeparture(
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
  // Before the freeze nobody is known, only the start.
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
  const because = first.decision?.because ?? reasonFor('PLACE_UNKNOWN', language);
  return {
    code: because.code,
    ruleId: because.ruleId ?? null,
    until: until(first),
    text: because.text,
    byTerritory,
  };
}

/** Returns what a campaign waits for when everybody was written to, and some outcomes are unknown. */
function waitingForOutcomes(
  { status }: Pick<Campaign, 'status'>,
  { pending, uncertain }: AudienceCounts,
  language: Language,
): WaitingFor | null {
  if (status !== 'running' || pending > 0 || uncertain === 0) return null;
  return { ...reasonFor('UNCERTAIN', language), ruleId: null, until: null, byTerritory: [] };
}

const moment = ({ decision }: LocalDeparture): number => decision?.at.toMillis() ?? Number.MAX_SAFE_INTEGER;

/** The cost of a campaign so far, and the estimate of its rehearsal. */
export type CampaignCost = Awaited<ReturnType<typeof campaignCost>>;

/** A view may count the cost of so many messages, which takes 40 ms: 18 µs each, measured on 300,000. */
export const COUNTED_IN_VIEW = 2_000;

/** Computes the cost of a campaign so far, without its test sends, and the estimate. */
export async function campaignCost(tx: Transaction, campaign: Campaign) {
  const report = await lastReport(tx, campaign);
  return {
    /** By the last rehearsal of the present or launched revision; null without one, or without a price. */
    estimated: report?.cost ?? null,
    /** The estimate by account and territory; empty where the rehearsal has none. */
    estimatedLines: report?.costLines ?? [],
    ...(await costOfCampaign(tx, campaign.id)),
  };
}

/** Computes the sums of a campaign's cost; null when more than `COUNTED_IN_VIEW` messages would have to be counted. */
export async function costInView(tx: Transaction, campaign: Campaign) {
  const cost = await costOfCampaignAtOnce(tx, campaign.id, COUNTED_IN_VIEW);
  if (cost === undefined) return null;
  return { estimated: (await lastReport(tx, campaign))?.cost ?? null, totals: cost.totals };
}

/** Reads the report of the last rehearsal, if it was of the present or launched revision. */
async function lastReport(
  tx: Transaction,
  campaign: Campaign,
): Promise<(Pick<RehearsalReport, 'cost'> & Partial<Pick<RehearsalReport, 'costLines'>>) | undefined> {
  const kept = await readLastRehearsal(tx, campaign.id);
  return kept !== undefined && isRehearsed(kept, campaign) ? (kept.report ?? undefined) : undefined;
}

/** No window of a day is open for longer. */
const ONE_WINDOW_HOURS = 24;

/** Raises an event when a frozen campaign will not finish within one window, or part of it never will. */
export async function raiseLateForecast(
  tx: Transaction,
  campaignId: string,
  reader: RehearsalReader,
): Promise<void> {
  const campaign = await readCampaign(tx, campaignId);
  if (campaign === undefined) return;
  // Without a rate nobody knows when the last message leaves.
  const rate = campaign.ratePerSecond ?? (await readAccount(tx, { id: campaign.accountId }))?.ratePerSecond;
  if (rate === null || rate === undefined) return;
  const { forecast: departures, accounts: counts } = await viewOf(tx, campaign, reader);
  if (departures === null || departures.firstDepartureAt === null || counts.pending === 0) return;
  const { firstDepartureAt, lastDepartureAt } = departures;
  if (lastDepartureAt === null ? campaign.expireAt === null : isOneWindow(firstDepartureAt, lastDepartureAt))
    return;
  await noteLateForecast(tx, campaignId);
  const about = { firstDepartureAt, lastDepartureAt, pending: counts.pending };
  await raise(tx, [{ type: 'campaign.forecast-late', subject: campaignId, about }], reader.now.toISO());
}

const isOneWindow = (first: string, last: string): boolean =>
  DateTime.fromISO(last).diff(DateTime.fromISO(first)).as('hours') < ONE_WINDOW_HOURS &&
  last.slice(0, 10) === first.slice(0, 10);
