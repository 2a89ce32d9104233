import { localDate } from './calendar/local-date.ts';
import type { DateTime } from 'luxon';
import { hasCalendar } from './calendar/holiday.ts';
import { profileNamed, type Profile } from './profile.ts';
import { REMINDERS, standsOn, type Purpose, type Rule, type Words } from './rule.ts';
import { isTerritory, isTimeZone, territoriesOf, type Locality } from './territory.ts';
import { holidayRest } from './timing/holiday-rest.ts';
import { placeOrder } from './timing/place-order.ts';
import { profileInForce } from './timing/profile-in-force.ts';

/** Something needed to decide is unknown: the gate stays closed. */
export interface Doubt {
  readonly kind: 'doubt';
  readonly rule: Rule;
  readonly code: 'PLACE_UNKNOWN' | 'LAW_UNKNOWN';
  readonly about: Words;
}

/** The profile that decides, when nothing is in doubt. */
export interface Certainty {
  readonly kind: 'certain';
  readonly profile: Profile;
}

/** What must be known before a moment can be judged. */
export interface Premises {
  readonly purpose?: Purpose;
  readonly profile: string;
  readonly at: DateTime;
  readonly locality: Locality;
}

/** The profile to decide by, or the first thing that is unknown. */
export function premisesOf(premises: Premises): Doubt | Certainty {
  return placeDoubt(premises.locality) ?? dateDoubt(premises) ?? profileOrDoubt(premises);
}

const doubt = (rule: Rule, code: Doubt['code'], about: Words): Doubt => ({
  kind: 'doubt',
  rule,
  code,
  about,
});

function placeDoubt(locality: Locality): Doubt | undefined {
  const territories: readonly string[] = territoriesOf(locality);
  if (territories.length === 0 || !territories.every(isTerritory)) {
    return doubt(placeOrder, 'PLACE_UNKNOWN', { fr: 'territoire inconnu', en: 'unknown territory' });
  }
  if (isTimeZone(locality.timeZone)) return undefined;
  return doubt(placeOrder, 'PLACE_UNKNOWN', { fr: 'fuseau horaire inconnu', en: 'unknown time zone' });
}

function dateDoubt({ at, locality }: Premises): Doubt | undefined {
  if (hasCalendar(at.setZone(locality.timeZone).year)) return undefined;
  return unknownYear;
}

/** The doubt about a year whose holidays have not been read. */
export const unknownYear: Doubt = doubt(holidayRest, 'LAW_UNKNOWN', {
  fr: 'jours fériés de cette année inconnus',
  en: 'public holidays of that year unknown',
});

function profileOrDoubt({ profile: id, purpose, at, locality }: Premises): Doubt | Certainty {
  const profile = profileNamed(id);
  if (!profile) {
    return doubt(profileInForce, 'LAW_UNKNOWN', {
      fr: `profil inconnu, ${id}`,
      en: `unknown profile, ${id}`,
    });
  }
  if (!standsOn(profile, localDate(at.setZone(locality.timeZone)))) {
    return doubt(profileInForce, 'LAW_UNKNOWN', {
      fr: `le profil ${id} n’est pas en vigueur à cette date`,
      en: `profile ${id} does not stand on that date`,
    });
  }
  if (purpose === 'marketing' && profile.hoursRule !== 'WIN-01') {
    return doubt(profileInForce, 'LAW_UNKNOWN', {
      fr: `le profil ${id} n’est pas pour la publicité`,
      en: `profile ${id} is not for advertising`,
    });
  }
  return { kind: 'certain', profile };
}

/** The profile of a purpose when nobody chose one. */
export function defaultProfile(purpose: Purpose): string {
  return isReminder(purpose) ? 'fr-functional' : 'fr-seed-strict';
}

/** Whether a message reminds somebody of something of theirs. */
export function isReminder(purpose: Purpose): boolean {
  return REMINDERS.some((reminder) => reminder === purpose);
}
