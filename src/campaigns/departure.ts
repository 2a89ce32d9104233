import { DateTime } from 'luxon';
import { decide, type Decision } from '../law/decide.ts';
import type { Language } from '../law/rule.ts';
import { placeOf } from '../messages/place.ts';
import { purposeNamed } from '../messages/purpose.ts';
import type { PendingPlace } from './accounts.repository.ts';
import type { Campaign } from './campaign.repository.ts';

/** Who reads, and when. */
export interface Reader {
  readonly now: DateTime<true>;
  readonly language: Language;
}

/** When the people of one locality may be written to. */
export interface Departure extends PendingPlace {
  /** None when the place is unknown. */
  readonly decision: Decision | undefined;
}

/** The first moment of each locality from the campaign's start on. */
export function departureOf(campaign: Campaign, place: PendingPlace, reader: Reader): Departure {
  return {
    ...place,
    decision: decisionAt(campaign, place, { ...reader, at: startOf(campaign, reader.now) }),
  };
}

/** What the law says of a campaign at one place and moment. */
export function decisionAt(
  campaign: Pick<Campaign, 'purpose' | 'profile' | 'marginMs' | 'expireAt'>,
  place: Omit<PendingPlace, 'count'>,
  { at, now, language }: Reader & { readonly at: DateTime },
): Decision | undefined {
  const locality = placeOf(place.territory, place.timeZone);
  if (locality === undefined) return undefined;
  const { purpose, profile, marginMs, expireAt } = campaign;
  const ends = expireAt === null ? {} : { expireAt: DateTime.fromISO(expireAt) };
  return decide({
    purpose: purposeNamed(purpose),
    profile,
    at,
    now,
    direction: 'later',
    locality,
    marginMs,
    language,
    ...ends,
  });
}

/** When a campaign may begin. */
export const startOf = ({ startAt }: Pick<Campaign, 'startAt'>, now: DateTime): DateTime =>
  startAt === null ? now : DateTime.max(now, DateTime.fromISO(startAt));

/** Whether a verdict names a moment to leave at. */
export const mayLeave = (decision: Decision | undefined): decision is Decision =>
  decision?.verdict === 'allow' || decision?.verdict === 'hold';
