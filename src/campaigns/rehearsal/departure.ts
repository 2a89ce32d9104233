import { DateTime } from 'luxon';
import { mostParts } from '../../sms/index.ts';
import { decide } from '../../law/index.ts';
import { frenchDay, localityNamed } from '../../rule/index.ts';
import { paced, purposeNamed, paceFrom, type Leave } from '../../sending/index.ts';
import type { PendingPlace } from '../run/run.repository.ts';
import type { Campaign, CampaignAccount } from '../campaign.repository.ts';
import { delay } from '../campaign.ts';
import type { Language } from '../../words/index.ts';

export interface RehearsalReader {
  readonly now: DateTime<true>;
  readonly language: Language;
}

/** The moment at which the people of one locality may be written to. */
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
  return { ...place, decision: decision && heldBack(decision, place, reader.language) };
}

/** Returns the maximum number of parts of a text that is sent from the start of its campaign on. */
export const mostPartsOf = (campaign: Pick<Campaign, 'maxParts' | 'startAt'>, now: DateTime): number =>
  mostParts(campaign.maxParts, frenchDay(campaignStartOf(campaign, now)));

/** Further causes hold people back: some live elsewhere by now, or the operator asks to wait. */
function heldBack(decision: Leave, { waiting }: PendingPlace, language: Language): Leave {
  const because = waiting && decision.verdict === 'allow' ? delay(waiting.code, language) : undefined;
  if (!waiting || because === undefined) return decision;
  const at = DateTime.fromISO(waiting.until, { zone: decision.timeZone });
  return at.isValid ? { ...decision, verdict: 'hold', at, because } : decision;
}

/** Asks the law, and the campaign's pace within it, about one place and moment. */
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

/** More windows than two years have. */
const MOST_WINDOWS = 1_500;

/** Equal parts of a whole do not sum to it to the last digit. */
const A_MOMENT_S = 0.001;

/** Forecasts the end of sending if nothing else takes the rate, which localities share by size, window after window. */
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
          ratePerSecond: (ratePerSecond * departure.count) / totalOf(departures, departure),
        }),
  );
  const known = ends.filter((end) => end !== undefined);
  return {
    firstDepartureAt: isoOf(DateTime.min(...first)),
    /** Null when no rate is known, or when part of the rest will never be sent. */
    lastDepartureAt: known.length < ends.length ? null : isoOf(DateTime.max(...known)),
  };
}

/** Counts the people who share the rate with one place: everybody of its own day of a spread. */
const totalOf = (departures: readonly LocalDeparture[], { day }: LocalDeparture): number =>
  departures.reduce((sum, one) => sum + (one.day === day ? one.count : 0), 0);

/** Writes a moment, null where there is none. */
export const isoOf = (at: DateTime | undefined): string | null => at?.toISO() ?? null;

/** Returns the end of one locality; undefined when a window is missing before the campaign's end. */
function lastOf(
  campaign: Campaign,
  place: LocalDeparture,
  { ratePerSecond, ...reader }: RehearsalReader & { readonly ratePerSecond: number },
): DateTime | undefined {
  let secondsLeft = place.count / ratePerSecond;
  // Not frozen yet: each window takes its day's part.
  const most =
    place.day === undefined && campaign.spreadDays !== null ? secondsLeft / campaign.spreadDays : Infinity;
  const start = campaignStartOf(campaign, reader.now);
  // A person who is held back by more than the law is sent to when that ends.
  let at = place.waiting && mayLeave(place.decision) ? DateTime.max(start, place.decision.at) : start;
  let current = place;
  for (let window = 0; window < MOST_WINDOWS; window += 1) {
    const decision = decisionAt(campaign, current, { ...reader, at });
    if (!mayLeave(decision)) return undefined;
    at = decision.at;
    if (decision.verdict === 'hold') {
      current = begunAt(place, at);
      continue;
    }
    const open = (decision.until ?? at).diff(at).as('seconds');
    const used = Math.min(open, most);
    if (secondsLeft <= used + A_MOMENT_S) return at.plus({ seconds: Math.min(secondsLeft, used) });
    secondsLeft -= used;
    at = decision.until ?? at;
  }
  return undefined;
}

/** The day of this part of a spread has come: from then on it waits for no earlier part. */
const begunAt = (place: LocalDeparture, at: DateTime): LocalDeparture => {
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
