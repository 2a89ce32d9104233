import { DateTime } from 'luxon';
import { mostParts } from '../../sms/index.ts';
import { frenchDay, decide, localityNamed } from '../../law/index.ts';
import { paced, type Leave, purposeNamed, paceFrom } from '../../sending/index.ts';
import type { PendingPlace } from '../run/accounts.repository.ts';
import type { Campaign } from '../campaign.repository.ts';
import { delay } from '../run/campaign-word.ts';
import type { Language } from '../../words/index.ts';

/** The reader's language, and the time of reading. */
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

/** The fields of a campaign that decide when it sends. */
type Timed = Pick<
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
>;

/** Asks the law, and the campaign's pace within it, about one place and moment. */
export function decisionAt(
  campaign: Timed,
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

const sinceOf = ({ startAt, launchedAt }: Timed, now: DateTime<true>): string =>
  [startAt, launchedAt ?? now.toISO()]
    .filter((at) => at !== null)
    .reduce((one, other) => (Date.parse(one) > Date.parse(other) ? one : other));

/** Returns the earliest start of a campaign. */
export const campaignStartOf = ({ startAt }: Pick<Campaign, 'startAt'>, now: DateTime): DateTime =>
  startAt === null ? now : DateTime.max(now, DateTime.fromISO(startAt));

/** Says whether a decision names a moment to send at. */
export const mayLeave = (decision: Leave | undefined): decision is Leave =>
  decision?.verdict === 'allow' || decision?.verdict === 'hold';
