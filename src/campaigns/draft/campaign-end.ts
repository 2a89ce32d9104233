import { DateTime } from 'luxon';
import { isoText } from '../../law/index.ts';
import { type Transaction, Refusal } from '../../platform/index.ts';
import { readSurroundings, type Campaign } from '../campaign.repository.ts';
import { departureOf, mayLeave, type RehearsalReader } from '../rehearsal/departure.ts';
import type { FrozenPlace } from '../audience/freeze.repository.ts';
import { refusedField } from './refused-field.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** Says whether its own end has passed. */
export const hasEnded = ({ expireAt }: Pick<Campaign, 'expireAt'>, now: DateTime): boolean =>
  expireAt !== null && DateTime.fromISO(expireAt) <= now;

/** Returns the first moment at which these people may be written to, where the campaign ends before it; else undefined. */
export function endsBefore(
  campaign: Campaign,
  places: readonly Pick<FrozenPlace, 'territory' | 'timeZone' | 'count'>[],
  reader: RehearsalReader,
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

/** Refuses a campaign that ends before it starts, or has already ended. */
export function timesOf(
  { startAt, expireAt }: { readonly startAt?: string | undefined; readonly expireAt?: string | undefined },
  { now, timeZone }: { readonly now: DateTime; readonly timeZone: string },
): Pick<Campaign, 'startAt' | 'expireAt'> {
  const [start, end] = [startAt, expireAt].map((at) => (at === undefined ? at : DateTime.fromISO(at)));
  if (end !== undefined && end <= now) throw refusedField('/expireAt', hasPassed(end, { now, timeZone }));
  if (start !== undefined && end !== undefined && end <= start) {
    const [ends, starts] = [onTheWall(end, timeZone), onTheWall(start, timeZone)];
    throw refusedField('/expireAt', bilingual.campaign.endBeforeStart({ ends, starts }));
  }
  return { startAt: startAt ?? null, expireAt: expireAt ?? null };
}

/** Refuses an expired campaign: all of it would expire. */
export async function refuseEnded(tx: Transaction, campaign: Campaign, now: DateTime): Promise<void> {
  if (!hasEnded(campaign, now)) return;
  const { timeZone } = await readSurroundings(tx);
  const message = hasPassed(DateTime.fromISO(campaign.expireAt ?? ''), { now, timeZone });
  throw new Refusal('EXPIRE_AT_PASSED', { errors: [{ pointer: '/expireAt', message }] });
}

/** Compares two moments in the tenant's zone. */
function hasPassed(
  end: DateTime,
  { now, timeZone }: { readonly now: DateTime; readonly timeZone: string },
): Words {
  const [ended, today] = [onTheWall(end, timeZone), onTheWall(now, timeZone)];
  return bilingual.campaign.endHasPassed({ ended, today });
}

const onTheWall = (at: DateTime, timeZone: string): string =>
  isoText(at.setZone(timeZone), { suppressMilliseconds: true });
