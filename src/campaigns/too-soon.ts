import { DateTime } from 'luxon';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import type { Words } from '../law/rule.ts';
import { readSurroundings, type Campaign, type CampaignAccount } from './campaign.repository.ts';
import { departureOf, mayLeave, startOf, type Reader } from './departure.ts';
import type { FrozenPlace } from './freeze.repository.ts';
import { servableNow } from './servable.ts';
import type { StaleDeps } from './stale-text.ts';

/** No law keeps a place closed for so long: an end that is further off needs no look at the audience. */
const NEVER_CLOSED_FOR = { days: 10 };

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
  throw tooSoon({
    fr: `cette fin est passée : ${end}, et il est ${today} ; donnez-en une plus tardive`,
    en: `this end has passed: ${end}, and it is ${today}; give a later one`,
  });
}

/** Refuses what ends before anybody of its audience may be written to. */
export async function refuseTooSoon(
  tx: Transaction,
  deps: StaleDeps,
  { campaign, account }: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<void> {
  const now = deps.clock.now();
  if (campaign.expireAt === null) return;
  const ends = DateTime.fromISO(campaign.expireAt);
  if (ends > startOf(campaign, now).plus(NEVER_CLOSED_FOR)) return;
  const places = await servableNow(tx, deps, { campaign, account });
  const lawful = endsBefore(campaign, places, { now, language: 'fr' });
  if (lawful === undefined) return;
  const [end, first] = await onTheWall(tx, [ends, lawful]);
  throw tooSoon({
    fr: `cette fin, ${end}, vient avant la première heure permise de l’audience, ${first} ; donnez-en une plus tardive`,
    en: `this end, ${end}, comes before the first lawful moment of the audience, ${first}; give a later one`,
  });
}

/** Two moments are compared on one clock: that of the tenant. */
async function onTheWall(tx: Transaction, moments: readonly DateTime[]): Promise<string[]> {
  const { timeZone } = await readSurroundings(tx);
  return moments.map((at) => at.setZone(timeZone).toISO({ suppressMilliseconds: true }) ?? '');
}

const tooSoon = (message: Words): Refusal =>
  new Refusal('EXPIRES_TOO_SOON', { errors: [{ pointer: '/expireAt', message }] });
