import { DateTime } from 'luxon';
import { DAY_MS, isCovered } from '../calendar/day-number.ts';
import { localDate } from '../base/dated.ts';
import { doubts, notForAdvertising, profileAtRest, unknownProfile, type Doubt } from './doubt.ts';
import { knownZone } from '../base/time-zone.ts';
import { profileNamed, profileOn, isPurpose } from '../profile.ts';
import type { Profile } from '../profile/hours.ts';
import { SINCE_EVER } from '../base/rule.ts';
import { isTerritory, isTimeZone, territoriesOf, zonesAt, type Locality } from '../base/territory.ts';
import type { Question } from './decision.ts';
import type { Conditions } from './timing-rule.ts';

/** The deciding profile, when there is no doubt. */
export interface Certainty {
  readonly kind: 'certain';
  readonly profile: Profile;
}

/** The facts that must be known before a moment can be judged. */
export interface DecisionInputs {
  readonly purpose?: string;
  readonly profile: string;
  readonly at: DateTime;
  readonly locality: Locality;
  readonly rulesOn?: string;
  readonly marginMs?: number | undefined;
  /** Further relevant moments: the event, the limit, now. */
  readonly ends?: readonly (DateTime | undefined)[];
}

/** Returns the profile to decide by, or the first doubt. */
export function assessInputs(inputs: DecisionInputs): Doubt | Certainty {
  return placeDoubt(inputs.locality) ?? timeDoubt(inputs) ?? profileOrDoubt(inputs);
}

function placeDoubt(locality: Locality): Doubt | undefined {
  const territories: readonly string[] = territoriesOf(locality);
  if (territories.length === 0 || !territories.every(isTerritory)) return doubts.territory;
  const zones = zonesAt(locality);
  return zones.length > 0 && zones.every(isTimeZone) ? undefined : doubts.zone;
}

function timeDoubt({ at, locality, ends = [], marginMs = 0 }: DecisionInputs): Doubt | undefined {
  if (!isCovered(at, locality.timeZone)) return doubts.year;
  if (ends.some((end) => end !== undefined && !end.isValid)) return doubts.end;
  return Number.isSafeInteger(marginMs) && marginMs >= 0 && marginMs <= DAY_MS ? undefined : doubts.margin;
}

function profileOrDoubt(inputs: DecisionInputs): Doubt | Certainty {
  const { profile: id, purpose, rulesOn } = inputs;
  if (purpose !== undefined && !isPurpose(purpose)) return doubts.purpose;
  const first = profileNamed(id);
  if (!first) return unknownProfile(id);
  if (rulesOn !== undefined && !DateTime.fromISO(rulesOn).isValid) return doubts.date;
  const profile = rowInForce(first, inputs);
  if (!profile) return profileAtRest(id);
  if (purpose === 'marketing' && profile.hoursRule !== 'WIN-01') return notForAdvertising(id);
  return { kind: 'certain', profile };
}

/** The zone is asked for the date only when it can matter: that costs more than all the rest. */
function rowInForce(first: Profile, { at, locality, rulesOn }: DecisionInputs): Profile | undefined {
  const always = first.inForceFrom === SINCE_EVER && first.inForceUntil === undefined;
  if (always && rulesOn === undefined) return first;
  return profileOn(first.id, rulesOn ?? localDate(at.setZone(knownZone(locality.timeZone))));
}

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
