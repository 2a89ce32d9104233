import type { Question } from './decision.ts';
import type { Profile } from '../profile/hours.ts';
import type { Conditions } from './timing-rule.ts';

/** Returns one set of conditions for each possible zone of the person. */
export function placesOf(
  { locality, marginMs, rulesOn }: Pick<Question, 'locality' | 'marginMs' | 'rulesOn'>,
  profile: Profile,
): readonly Conditions[] {
  return eachZone({ profile, locality, marginMs, rulesOn });
}

/** Returns the same conditions once for each zone of their place, with that zone alone. */
export function eachZone(conditions: Conditions): readonly Conditions[] {
  const { timeZones, ...place } = conditions.locality;
  if (timeZones === undefined) return [conditions];
  return timeZones.map((timeZone) => Object.assign({}, conditions, { locality: { ...place, timeZone } }));
}
