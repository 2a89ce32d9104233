import { DateTime } from 'luxon';
import { mostParts } from '../../sms/index.ts';
import { decide } from '../../law/index.ts';
import { frenchDay, localityNamed } from '../../rule/index.ts';
import { paced, purposeNamed, paceFrom, type Leave } from '../../sending/index.ts';
import type { PendingPlace } from '../run/run.repository.ts';
import type { Campaign, CampaignAccount } from '../campaign.repository.ts';
import { delayReason } from '../campaign.ts';
import type { Language } from '../../words/index.ts';

export interface RehearsalReader {
  readonly now: DateTime<true>;
  readonly language: Language;
}

/** The people of one locality, and when they may be written to. */
export interface LocalDeparture extends PendingPlace {
  /** Undefined when the place is unknown. */
  readonly decision: Leave | undefined;
}

/** Returns the first moment of each locality from the campaign's start on. */
export function departureOf(
  campaign: Campaign,
  place: PendingPlace,
  reader: RehearsalReader,
): LocalDeparture {
  const decision = decisionAt(campaign, place, { ...reader, at: campaignStartOf(campaign, reader.now) });
  return { ...place, decision: decision && withFurtherWait(decision, place, reader.language) };
}

/** Returns the maximum number of parts of a text that is sent from the start of its campaign on. */
export const mostPartsOf = (campaign: Pick<Campaign, 'maxParts' | 'startAt'>, now: DateTime): number =>
  mostParts(campaign.maxParts, frenchDay(campaignStartOf(campaign, now)));

/** Applies what its batches wait for besides the law: people who moved elsewhere, or an operator that asks to wait. */
function withFurtherWait(decision: Leave, { waiting }: PendingPlace, language: Language): Leave {
  const because = waiting && decision.verdict === 'allow' ? delayReason(waiting.code, language) : undefined;
  if (!waiting || because === undefined) return decision;
  const at = DateTime.fromISO(waiting.until, { zone: decision.timeZone });
  return at.isValid ? { ...decision, verdict: 'hold', at, because } : decision;
}

/** Decides by the law, and by the campaign's pace within it, for one locality and moment; undefined for an unknown one. */
export function decisionAt(
  campaign: Pick<
    Campaign,
    | 'purpose'
    | 'profile'
    | 'goodFriday'
    | 'marginMs'
    | 'expireAt'
    | 'localTime'
    | 'spreadDays'
    | 'startAt'
    | 'launchedAt'
  >,
  place: Omit<PendingPlace, 'count'>,
  { at: wanted, now, language }: RehearsalReader & { readonly at: DateTime },
): Leave | undefined {
  const locality = localityNamed(place.territory, place.timeZone, campaign.goodFriday);
  if (locality === undefined) return undefined;
  const { purpose, profile, marginMs, expireAt } = campaign;
  const ends = expireAt === null ? {} : { expireAt: DateTime.fromISO(expireAt) };
  const judge = (at: DateTime): Leave =>
    decide({
      purpose: purposeNamed(purpose),
      profile,
      at,
      locality,
      marginMs: marginMs ?? undefined,
      language,
      ...ends,
    });
  const { localTime, spreadDays } = campaign;
  if (localTime === null && spreadDays === null) return judge(wanted);
  const { day = null, begun = null } = place;
  const pace = paceFrom({ localTime, day, begun, since: sinceOf(campaign, now) }, now);
  return paced(judge, pace, { at: wanted, language });
}

const sinceOf = (
  { startAt, launchedAt }: Pick<Campaign, 'startAt' | 'launchedAt'>,
  now: DateTime<true>,
): string =>
  [startAt, launchedAt ?? now.toISO()]
    .filter((at) => at !== null)
    .reduce((one, other) => (Date.parse(one) > Date.parse(other) ? one : other));

/** Returns the earliest start of a campaign. */
export const campaignStartOf = ({ startAt }: Pick<Campaign, 'startAt'>, now: DateTime): DateTime =>
  startAt === null ? now : DateTime.max(now, DateTime.fromISO(startAt));

/** Says whether a decision names a moment to send at. */
export const mayLeave = (decision: Leave | undefined): decision is Leave =>
  decision?.verdict === 'allow' || decision?.verdict === 'hold';

/** Bounds the search: two years have fewer windows. */
const MOST_WINDOWS = 1_500;

/** Seconds of tolerance: equal parts of a whole do not add up to it to the last digit. */
const ROUNDING_S = 0.001;

/**
 * Forecasts the first and the last departure, window after window, if no other campaign uses the rate; localities
 * share it by their size.
 */
export function forecast(
  campaign: Campaign,
  departures: readonly LocalDeparture[],
  { ratePerSecond, ...reader }: RehearsalReader & { readonly ratePerSecond: number | undefined },
) {
  const first = departures.flatMap(({ decision }) => (mayLeave(decision) ? [decision.at] : []));
  const ends = departures.map((departure) =>
    ratePerSecond === undefined
      ? undefined
      : lastOf(campaign, departure, {
          ...reader,
          ratePerSecond: (ratePerSecond * departure.count) / peopleSharingRate(departures, departure),
        }),
  );
  const known = ends.filter((end) => end !== undefined);
  return {
    firstDepartureAt: isoOf(DateTime.min(...first)),
    /** Null when no rate is known, or when part of the rest will never be sent. */
    lastDepartureAt: known.length < ends.length ? null : isoOf(DateTime.max(...known)),
  };
}

/** Counts the people who share the rate with those of one place: everybody of the same day of a spread. */
const peopleSharingRate = (departures: readonly LocalDeparture[], { day }: LocalDeparture): number =>
  departures.reduce((sum, one) => sum + (one.day === day ? one.count : 0), 0);

/** Writes a moment as an ISO instant; null for none. */
export const isoOf = (at: DateTime | undefined): string | null => at?.toISO() ?? null;

/** Returns when the last message of one locality leaves; undefined when the campaign ends before that. */
function lastOf(
  campaign: Campaign,
  place: LocalDeparture,
  { ratePerSecond, ...reader }: RehearsalReader & { readonly ratePerSecond: number },
): DateTime | undefined {
  let secondsLeft = place.count / ratePerSecond;
  // Before the freeze the parts of a spread are not separate places: each window takes the part of one day.
  const most =
    place.day === undefined && campaign.spreadDays !== null ? secondsLeft / campaign.spreadDays : Infinity;
  const start = campaignStartOf(campaign, reader.now);
  // People who wait for more than the law are sent to when that wait ends.
  let at = place.waiting && mayLeave(place.decision) ? DateTime.max(start, place.decision.at) : start;
  let current = place;
  for (let window = 0; window < MOST_WINDOWS; window += 1) {
    const decision = decisionAt(campaign, current, { ...reader, at });
    if (!mayLeave(decision)) return undefined;
    at = decision.at;
    if (decision.verdict === 'hold') {
      current = withDayBegun(place, at);
      continue;
    }
    const open = (decision.until ?? at).diff(at).as('seconds');
    const used = Math.min(open, most);
    if (secondsLeft <= used + ROUNDING_S) return at.plus({ seconds: Math.min(secondsLeft, used) });
    secondsLeft -= used;
    at = decision.until ?? at;
  }
  return undefined;
}

/** Marks this part of a spread as begun, since its day has come: from then on it waits for no earlier part. */
const withDayBegun = (place: LocalDeparture, at: DateTime): LocalDeparture => {
  const day = place.day ?? undefined;
  const iso = at.toISO();
  return day === undefined || iso === null ? place : { ...place, begun: { day, at: iso } };
};

/** Returns the lower of the campaign's and the account's rate, in messages a second; undefined without either. */
export function rateOf(
  campaign: Pick<Campaign, 'ratePerSecond'>,
  account: Pick<CampaignAccount, 'ratePerSecond'> | undefined,
): number | undefined {
  const limits = [campaign.ratePerSecond, account?.ratePerSecond].filter(
    (limit) => typeof limit === 'number',
  );
  return limits.length === 0 ? undefined : Math.min(...limits);
}
