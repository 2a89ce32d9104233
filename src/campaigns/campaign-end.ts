import { DateTime } from 'luxon';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import { readSurroundings, type Campaign } from './campaign.repository.ts';
import { departureOf, mayLeave, type Reader } from './departure.ts';
import type { FrozenPlace } from './freeze.repository.ts';

/** Whether its own end has passed. */
export const hasEnded = ({ expireAt }: Pick<Campaign, 'expireAt'>, now: DateTime): boolean =>
  expireAt !== null && DateTime.fromISO(expireAt) <= now;

/** When the first of these people may be written to, where the campaign ends before that; else nothing. */
export function endsBefore(
  campaign: Campaign,
  places: readonly Pick<FrozenPlace, 'territory' | 'timeZone' | 'count'>[],
  reader: Reader,
): DateTime | undefined {
  if (campaign.expireAt === null) return undefined;
  const momentsOf = (of: Campaign): DateTime[] =>
    places.flatMap((place) => {
      const { decision } = departureOf(of, place, reader);
      return mayLeave(decision) ? [decision.at] : [];
    });
  if (momentsOf(campaign).length > 0) return undefined;
  return DateTime.min(...momentsOf({ ...campaign, expireAt: null }));
}

/** Refuses what has ended by itself: all of it would expire. */
export async function refuseEnded(tx: Transaction, campaign: Campaign, now: DateTime): Promise<void> {
  if (!hasEnded(campaign, now)) return;
  const [end, today] = await onTheWall(tx, [DateTime.fromISO(campaign.expireAt ?? ''), now]);
  const message = {
    fr: `cette fin est passée : ${end}, et il est ${today} ; donnez-en une plus tardive`,
    en: `this end has passed: ${end}, and it is ${today}; give a later one`,
  };
  throw new Refusal('EXPIRE_AT_PASSED', { errors: [{ pointer: '/expireAt', message }] });
}

/** Two moments are compared on one clock: that of the tenant. */
async function onTheWall(tx: Transaction, moments: readonly DateTime[]): Promise<string[]> {
  const { timeZone } = await readSurroundings(tx);
  return moments.map((at) => at.setZone(timeZone).toISO({ suppressMilliseconds: true }) ?? '');
}
