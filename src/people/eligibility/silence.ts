import { DateTime, Duration } from 'luxon';
import { LIVES_MONTHS, CONTACT_KEPT } from '../../law/index.ts';
import { FRENCH_ZONE, frenchDay, type Dated } from '../../rule/index.ts';
import type { Contact } from '../contact/contact.repository.ts';
import { millisOf } from '../../platform/index.ts';

type LastInteraction = Pick<Contact, 'lastInteractionAt'>;

interface SilenceQuestion {
  /** ISO instant at which the agreement starts. */
  readonly since: string;
  /** The instant that is judged. */
  readonly at: DateTime;
}

/** RET-01: how long advertising may use an agreement that nothing renews. */
const KEPT = CONTACT_KEPT.map((kept) => Duration.fromISO(kept));
/** NUM-02: how long a number is attributed to its last known holder. */
const LIVES = LIVES_MONTHS.map((months) => Duration.fromObject({ months }));

/** Says whether an agreement has lapsed for advertising because nothing renewed it (RET-01). */
export const isOutlived = (contact: LastInteraction, { since, at }: SilenceQuestion): boolean =>
  lastSign(contact, since) < boundsAt(at).kept;

/** Says whether a number may have changed hands: a sign of life was given, and none since (NUM-02). */
export const isSilent = (contact: LastInteraction, { since, at }: SilenceQuestion): boolean =>
  contact.lastInteractionAt !== undefined && lastSign(contact, since) < boundsAt(at).lives;

/** Thousands of people are judged at one instant: the bounds are computed once. */
const bounds = new WeakMap<DateTime, ReturnType<typeof boundsAt>>();

/** Returns the epoch milliseconds before which a last sign of life is too old. */
function boundsAt(at: DateTime): { readonly kept: number; readonly lives: number } {
  const known = bounds.get(at);
  if (known !== undefined) return known;
  const utc = at.toUTC();
  const day = frenchDay(at);
  const made = { kept: utc.minus(KEPT.on(day)).toMillis(), lives: utc.minus(LIVES.on(day)).toMillis() };
  bounds.set(at, made);
  return made;
}

/** Returns the end of an agreement's use for advertising if no further sign of life comes. */
export function silentFrom(contact: LastInteraction, since: string): string | null {
  const last = DateTime.fromMillis(lastSign(contact, since), { zone: 'utc' });
  const end = endOf(last, KEPT);
  const soonest = contact.lastInteractionAt === undefined ? end : DateTime.min(end, endOf(last, LIVES));
  return soonest.toISO();
}

/** Adds a duration whose value depends on the day: returns the first end at which its own value is in force. */
function endOf(last: DateTime, length: Dated<Duration>): DateTime {
  const reached = length.reached(
    (value) => last.plus(value).toMillis(),
    (date) => DateTime.fromISO(date, { zone: FRENCH_ZONE }).toMillis(),
  );
  const first = reached.find(({ isInForce }) => isInForce);
  return DateTime.fromMillis(first?.at ?? last.toMillis(), { zone: 'utc' });
}

/** Returns the epoch milliseconds of the last sign of life: the agreement, or a later purchase, visit, click or reply. */
function lastSign({ lastInteractionAt }: LastInteraction, since: string): number {
  const agreed = millisOf(since);
  return lastInteractionAt === undefined ? agreed : Math.max(agreed, millisOf(lastInteractionAt));
}

/** The reason why a past instant cannot be judged with certainty. */
export type SilenceDoubt = 'LAST_INTERACTION_REPLACED';

/** Returns the contact as known at an instant: later signs of life and retirements are removed. */
export const knownUntil = (contact: Contact, at: DateTime): Contact => ({
  ...contact,
  lastInteractionAt: hasSignAfter(contact, at) ? undefined : contact.lastInteractionAt,
  retiredAt: isAfter(contact.retiredAt, at) ? undefined : contact.retiredAt,
});

/** Says whether an earlier sign of life, since replaced by a later one, could have been decisive at an instant. */
export function silenceDoubt(contact: LastInteraction, { since, at }: SilenceQuestion): SilenceDoubt | null {
  const isYoung = DateTime.fromISO(since, { zone: 'utc' }) >= at.toUTC().minus(LIVES.on(frenchDay(at)));
  return hasSignAfter(contact, at) && !isYoung ? 'LAST_INTERACTION_REPLACED' : null;
}

const hasSignAfter = ({ lastInteractionAt }: LastInteraction, at: DateTime): boolean =>
  isAfter(lastInteractionAt, at);

const isAfter = (iso: string | undefined, at: DateTime): boolean =>
  iso !== undefined && DateTime.fromISO(iso) > at;
