import { DateTime } from 'luxon';
import { DAY_MS, isCovered } from '../calendar/day-number.ts';
import {
  localDate,
  SINCE_EVER,
  type Rule,
  knownZone,
  isTerritory,
  isTimeZone,
  territoriesOf,
  zonesAt,
  type Locality,
} from '../../rule/index.ts';
import { profileNamed, profileOn, isPurpose } from '../profile.ts';
import type { Profile } from '../profile/hours.ts';
import { bilingual, type Words } from '../../words/index.ts';
import { draining, holidayRest, profileInForce, validity } from '../chapters/windows.ts';
import { placeOrder, wallTimeFirst } from '../chapters/recipient.ts';
import type { Question, Conditions } from './decision.ts';

/** The profile to decide by, when nothing is in doubt. */
interface Certainty {
  readonly kind: 'certain';
  readonly profile: Profile;
}

/** The facts that must be known before a moment can be judged. */
interface DecisionInputs {
  readonly purpose?: string;
  readonly profile: string;
  readonly at: DateTime;
  readonly locality: Locality;
  readonly rulesOn?: string;
  readonly marginMs?: number | undefined;
  /** Other moments that must be valid: the event, the limit, now. */
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
  const firstRow = profileNamed(id);
  if (!firstRow) return unknownProfile(id);
  if (rulesOn !== undefined && !DateTime.fromISO(rulesOn).isValid) return doubts.date;
  const profile = rowInForce(firstRow, inputs);
  if (!profile) return profileAtRest(id);
  if (purpose === 'marketing' && profile.hoursRule !== 'WIN-01') return notForAdvertising(id);
  return { kind: 'certain', profile };
}

/** Returns the row in force. The local date is computed only where it matters: that costs more than all the rest. */
function rowInForce(firstRow: Profile, { at, locality, rulesOn }: DecisionInputs): Profile | undefined {
  const isPermanent = firstRow.inForceFrom === SINCE_EVER && firstRow.inForceUntil === undefined;
  if (isPermanent && rulesOn === undefined) return firstRow;
  return profileOn(firstRow.id, rulesOn ?? localDate(at.setZone(knownZone(locality.timeZone))));
}

/** Returns one set of conditions for each possible zone of the person. */
export function placesOf(
  { locality, marginMs, rulesOn }: Pick<Question, 'locality' | 'marginMs' | 'rulesOn'>,
  profile: Profile,
): readonly Conditions[] {
  return eachZone({ profile, locality, marginMs, rulesOn });
}

/** Splits conditions into one set for each possible zone. */
export function eachZone(conditions: Conditions): readonly Conditions[] {
  const { timeZones, ...place } = conditions.locality;
  if (timeZones === undefined) return [conditions];
  return timeZones.map((timeZone) => Object.assign({}, conditions, { locality: { ...place, timeZone } }));
}

const sentences = bilingual.doubts;

/** A fact that a decision needs and that is unknown: the message is refused. */
export interface Doubt {
  readonly kind: 'doubt';
  readonly rule: Rule;
  readonly code: 'PLACE_UNKNOWN' | 'LAW_UNKNOWN';
  readonly about: Words;
}

const doubtUnder =
  (rule: Rule, code: Doubt['code']) =>
  (about: Words): Doubt => ({ kind: 'doubt', rule, code, about });

const placeDoubtOf = doubtUnder(placeOrder, 'PLACE_UNKNOWN');
const profileDoubtOf = doubtUnder(profileInForce, 'LAW_UNKNOWN');
const clockDoubtOf = doubtUnder(wallTimeFirst, 'LAW_UNKNOWN');

/** The doubts, each under the rule that needs the unknown fact. */
export const doubts = {
  territory: placeDoubtOf(sentences.territory),
  zone: placeDoubtOf(sentences.zone),
  noCommonHour: placeDoubtOf(sentences.noCommonHour),
  year: doubtUnder(holidayRest, 'LAW_UNKNOWN')(sentences.year),
  purpose: profileDoubtOf(sentences.purpose),
  date: clockDoubtOf(sentences.date),
  skippedTime: clockDoubtOf(sentences.skippedTime),
  doubledTime: clockDoubtOf(sentences.doubledTime),
  end: doubtUnder(validity, 'LAW_UNKNOWN')(sentences.end),
  margin: doubtUnder(draining, 'LAW_UNKNOWN')(sentences.margin),
} as const satisfies Record<string, Doubt>;

const unknownProfile = (id: string): Doubt => profileDoubtOf(sentences.unknownProfile({ id }));

const profileAtRest = (id: string): Doubt => profileDoubtOf(sentences.profileAtRest({ id }));

const notForAdvertising = (id: string): Doubt => profileDoubtOf(sentences.notForAdvertising({ id }));

/**
 * Returns the instant of an ISO local time without offset in a zone. A date that does not exist, or an hour that a
 * clock change skips or repeats, is a doubt, since it names no single moment. Windows never open or close in such an
 * hour.
 */
export function localMoment(localTime: string, timeZone: string): DateTime | Doubt {
  const at = DateTime.fromISO(localTime, { zone: timeZone });
  if (!at.isValid) return doubts.date;
  if (at.toFormat('HH:mm') !== localTime.slice(11, 16)) return doubts.skippedTime;
  return at.getPossibleOffsets().length > 1 ? doubts.doubledTime : at;
}
