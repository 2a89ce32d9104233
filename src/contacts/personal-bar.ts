import { DateTime, Duration } from 'luxon';
import { isMinorOn } from '../law/consent/minor.ts';
import { LIVES_MONTHS } from '../law/recipient/living-number.ts';
import { CONTACT_KEPT } from '../law/retention/contact.ts';
import type { Contact } from './contact.repository.ts';
import type { ExclusionReason } from './exclusion.ts';
import { millisOf } from './iso-instant.ts';
import type { ConsentPurpose } from './purpose.ts';
import { clockOf } from './contact-place.ts';

/** What is known of somebody that may bar them. */
interface Known extends Pick<Contact, 'place' | 'lastInteractionAt'> {
  readonly person: Pick<Contact['person'], 'birthDate'>;
  readonly retiredAt?: string | undefined;
}

/** What they agreed to, since when, and the instant asked about. */
interface Asked {
  readonly purpose: ConsentPurpose;
  /** ISO instant. */
  readonly since: string;
  readonly at: DateTime;
}

/** RET-01: how long advertising may rest on an agreement that nothing renews. */
const KEPT = Duration.fromISO(CONTACT_KEPT);
/** NUM-02: how long a number is that of whoever once gave a sign. */
const LIVES = Duration.fromObject({ months: LIVES_MONTHS });

/** What bars somebody whose basis is good, as the freeze and the last look judge it. */
export function barOf(known: Known, { purpose, since, at }: Asked): ExclusionReason | null {
  const { person, place, retiredAt } = known;
  if (retiredAt !== undefined && DateTime.fromISO(retiredAt) <= at) return 'NUMBER_RETIRED';
  if (purpose !== 'marketing') return null;
  const today = (): string => at.setZone(clockOf(place)).toFormat('yyyy-MM-dd');
  if (person.birthDate !== undefined && isMinorOn(person.birthDate, today())) return 'MINOR';
  return barOfSilence(known, { since, at });
}

function barOfSilence(known: Known, { since, at }: Pick<Asked, 'since' | 'at'>): ExclusionReason | null {
  const { lastInteractionAt } = known;
  const { kept, lives } = boundsAt(at);
  const heard = lastSign(known, since);
  if (heard < kept) return 'CONSENT_EXPIRED';
  return lastInteractionAt !== undefined && heard < lives ? 'NUMBER_RETIRED' : null;
}

/** The epoch milliseconds before which the last sign of anybody is too old. */
interface Bounds {
  readonly kept: number;
  readonly lives: number;
}

/** Thousands of people are judged at one instant: the calendar is asked once. */
const bounds = new WeakMap<DateTime, Bounds>();

function boundsAt(at: DateTime): Bounds {
  const known = bounds.get(at);
  if (known !== undefined) return known;
  const utc = at.toUTC();
  const made = { kept: utc.minus(KEPT).toMillis(), lives: utc.minus(LIVES).toMillis() };
  bounds.set(at, made);
  return made;
}

/** Until when advertising may rest on an agreement, if nothing more is heard of the person. */
export function silentFrom(known: Known, since: string): string | null {
  const heard = DateTime.fromMillis(lastSign(known, since), { zone: 'utc' });
  const end = heard.plus(KEPT);
  const soonest = known.lastInteractionAt === undefined ? end : DateTime.min(end, heard.plus(LIVES));
  return soonest.toISO();
}

/** A purchase, a visit, a click or a reply lengthens what was agreed to: epoch milliseconds of the last. */
function lastSign({ lastInteractionAt }: Known, since: string): number {
  const agreed = millisOf(since);
  return lastInteractionAt === undefined ? agreed : Math.max(agreed, millisOf(lastInteractionAt));
}

/** Why an instant of the past cannot be judged for sure. */
export type StandingDoubt = 'LAST_INTERACTION_REPLACED';

/** The person as heard of until an instant: a sign that came later says nothing of it. */
export const heardUntil = (contact: Contact, at: DateTime): Contact =>
  hasSignAfter(contact, at) ? { ...contact, lastInteractionAt: undefined } : contact;

/** Whether an earlier sign, replaced since by a later one, could have decided at an instant. */
export function silenceDoubt(known: Known, { since, at }: Pick<Asked, 'since' | 'at'>): StandingDoubt | null {
  const isYoung = DateTime.fromISO(since, { zone: 'utc' }) >= at.toUTC().minus(LIVES);
  return hasSignAfter(known, at) && !isYoung ? 'LAST_INTERACTION_REPLACED' : null;
}

const hasSignAfter = ({ lastInteractionAt }: Known, at: DateTime): boolean =>
  lastInteractionAt !== undefined && DateTime.fromISO(lastInteractionAt) > at;
