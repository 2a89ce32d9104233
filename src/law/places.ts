import type { Direction, Question } from './decision.ts';
import type { Profile } from './profile.ts';
import { isReminder } from './purpose.ts';
import { zonesAt } from './territory.ts';
import type { Conditions } from './timing-rule.ts';

/** One set of conditions for each zone that the person may be in. */
export function placesOf(
  { locality, marginMs, rulesOn }: Pick<Question, 'locality' | 'marginMs' | 'rulesOn'>,
  profile: Profile,
): readonly Conditions[] {
  return zonesAt(locality).map((timeZone) => ({
    profile,
    locality: timeZone === locality.timeZone ? locality : { ...locality, timeZone },
    marginMs,
    rulesOn,
  }));
}

/** A reminder still to come moves earlier, all else later. */
export function wayOf({ purpose, direction, now, at }: Question): Direction {
  if (direction) return direction;
  return isReminder(purpose) && now !== undefined && at > now ? 'earlier' : 'later';
}
