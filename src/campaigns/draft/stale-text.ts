import { DateTime } from 'luxon';
import { type Clock, type Transaction, type TenantKeys, Refusal } from '../../platform/index.ts';
import { staleWords, type StaleWord } from '../../sms/index.ts';
import {
  rateOf,
  departureOf,
  mayLeave,
  campaignStartOf,
  forecast,
  type RehearsalReader,
} from '../rehearsal/departure.ts';
import type { Campaign, CampaignAccount } from '../campaign.repository.ts';
import { campaignTextPlace } from './creation.ts';
import type { FrozenPlace } from '../audience/freeze.repository.ts';
import { servableNow } from '../audience/series-audience.ts';
import { clockOf } from '../../people/index.ts';
import { bilingual } from '../../words/index.ts';

/** The dependencies of judging the days of a text. */
export interface StaleDeps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
}

/** A word of the text, and the number of people who would read it once it is false. */
export interface Stale extends StaleWord {
  readonly count: number;
}

/** Finds days in the text that pass before part of the audience is written to; none when the campaign has an end. */
export async function staleInText(
  tx: Transaction,
  { keys, clock }: StaleDeps,
  { campaign, account }: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<readonly Stale[]> {
  if (campaign.expireAt !== null) return [];
  const text = keys.open(campaignTextPlace(campaign.id), campaign.sealed).toString('utf8');
  const now = clock.now();
  if (staleWords(text, dayOf(campaignStartOf(campaign, now))).length === 0) return [];
  const places = await servableNow(tx, { keys, clock }, { campaign, account });
  const total = places.reduce((sum, { count }) => sum + count, 0);
  const rate = rateOf(campaign, account);
  const found = places.flatMap((place) => {
    const ratePerSecond = rate === undefined ? undefined : (rate * place.count) / total;
    return staleAt(text, { campaign, place, now, ratePerSecond });
  });
  return merged(found);
}

/** Refuses a launch whose text becomes false on the way, unless its author acknowledges it. */
export function mayGrowStale(stale: readonly Stale[], acknowledged: readonly string[]): void {
  if (stale.length === 0 || acknowledged.includes('STALE_WHEN_HELD')) return;
  throw new Refusal('STALE_WHEN_HELD', {
    errors: stale.map(({ words, at, count, trueUntil }) => ({
      pointer: '/text',
      message: bilingual.campaign.falseFromThen({ words, at, trueUntil, count }),
    })),
  });
}

interface Judged {
  readonly campaign: Campaign;
  readonly place: FrozenPlace;
  readonly now: RehearsalReader['now'];
  readonly ratePerSecond: number | undefined;
}

/** A day means the requested date, in the reader's zone. */
function staleAt(text: string, { campaign, place, now, ratePerSecond }: Judged): readonly Stale[] {
  const reader = { now, language: 'fr' } as const;
  const departure = departureOf(campaign, place, reader);
  if (!mayLeave(departure.decision)) return [];
  const { lastDepartureAt } = forecast(campaign, [departure], { ...reader, ratePerSecond });
  const last = lastDepartureAt === null ? departure.decision.at : DateTime.fromISO(lastDepartureAt);
  const lastDay = dayOf(last.setZone(clockOf(place)));
  return staleWords(text, dayOf(campaignStartOf(campaign, now).setZone(clockOf(place))))
    .filter(({ trueUntil }) => trueUntil < lastDay)
    .map((word) => Object.assign(word, { count: place.count }));
}

const dayOf = (at: DateTime): string => at.toFormat('yyyy-MM-dd');

/** Joins the findings to one line a word, whatever the number of localities. */
function merged(found: readonly Stale[]): readonly Stale[] {
  const byPlace = Map.groupBy(found, ({ at }) => at);
  return [...byPlace.values()].flatMap((same) => {
    const [first] = same;
    const count = same.reduce((sum, one) => sum + one.count, 0);
    return first === undefined ? [] : [{ ...first, count }];
  });
}
