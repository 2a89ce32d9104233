import { DateTime } from 'luxon';
import type { Direction, TimingRule } from '../../src/law/decide/decision.ts';
import { profiles } from '../../src/law/profile.ts';
import type { Profile } from '../../src/law/profile/hours.ts';
import { advertisingHours } from '../../src/law/profile/advertising-hours.ts';
import { isInForceOn } from '../../src/rule/rule.ts';
import { localityAmong, localityOf, TERRITORIES, type Locality } from '../../src/rule/territory.ts';
import { timingRules } from '../../src/law/book.ts';

/** A moment somewhere, under a profile that stands then. */
export interface RandomMoment {
  readonly at: DateTime;
  readonly locality: Locality;
  readonly profile: Profile;
  readonly direction: Direction;
  readonly marginMs: number;
  /** The rules in another order. */
  readonly shuffled: readonly TimingRule[];
}

const localities: readonly [Locality, ...Locality[]] = [
  localityAmong(['GP', 'BL', 'MF']),
  localityOf('PF', 'Pacific/Marquesas'),
  ...TERRITORIES.map((territory) => localityOf(territory)),
];

const standing: readonly [Profile, ...Profile[]] = [
  advertisingHours,
  ...profiles.filter((profile) => profile !== advertisingHours && isInForceOn(profile, '2026-11-25')),
];

const [hours, sunday, holiday, reminder] = timingRules;

/** The rules as they stand, backwards, and with their halves exchanged. */
const orders: readonly [readonly TimingRule[], ...(readonly TimingRule[])[]] = [
  timingRules.toReversed(),
  [...timingRules.slice(2), ...timingRules.slice(0, 2)],
  [holiday, hours, reminder, sunday].flatMap((rule) => rule ?? []),
];

/** Half a year that holds both changes of the clocks, Christmas, Easter and days of most territories. */
const FIRST = Date.UTC(2026, 9, 20);
const DAYS = 192;

/** The same moments at every run, so that any failure can be seen again. */
export function* randomMoments(count: number, first: number): Generator<RandomMoment> {
  let seed = first;
  const below = (end: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % end;
  };
  const oneOf = <T>(all: readonly [T, ...T[]]): T => all[below(all.length)] ?? all[0];
  for (let drawn = 0; drawn < count; drawn += 1) {
    const ms = FIRST + below(DAYS) * 86_400_000 + below(86_400) * 1_000 + below(1_000);
    const profile = oneOf(standing);
    yield {
      at: DateTime.fromMillis(ms, { zone: 'utc' }),
      locality: oneOf(localities),
      profile,
      direction: oneOf(['later', 'earlier']),
      marginMs: profile.id === 'fr-ultra' ? oneOf([0, 900_000]) : 0,
      shuffled: oneOf(orders),
    };
  }
}
