import { DateTime, Duration } from 'luxon';
import { LIVES_MONTHS, CONTACT_KEPT, FRENCH_ZONE, frenchDay, type Dated } from '../../law/index.ts';
import type { Contact } from '../contact/contact.repository.ts';
import { millisOf } from '../../platform/index.ts';

/** When somebody last gave a sign of life, if that was ever told. */
type Heard = Pick<Contact, 'lastInteractionAt'>;

/** Since when they agree (an ISO instant), and the instant asked about. */
interface Asked {
  readonly since: string;
  readonly at: DateTime;
}

/** RET-01: how long advertising may rest on an agreement that nothing renews. */
const KEPT = CONTACT_KEPT.map((kept) => Duration.fromISO(kept));
/** NUM-02: how long a number is that of whoever once gave a sign. */
const LIVES = LIVES_MONTHS.map((months) => Duration.fromObject({ months }));

/** Whether advertising may no longer rest on an agreement, since nothing renewed it (RET-01). */
export const isOutlived = (heard: Heard, { since, at }: Asked): boolean =>
  lastSign(heard, since) < boundsAt(at).kept;

/** Whether a number may be somebody else's by now: a sign of life was told, and none since (NUM-02). */
export const isSilent = (heard: Heard, { since, at }: Asked): boolean =>
  heard.lastInteractionAt !== undefined && lastSign(heard, since) < boundsAt(at).lives;

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
  const day = frenchDay(at);
  const made = { kept: utc.minus(KEPT.on(day)).toMillis(), lives: utc.minus(LIVES.on(day)).toMillis() };
  bounds.set(at, made);
  return made;
}

/** Until when advertising may rest on an agreement, if nothing more is heard of the person. */
export function silentFrom(heard: Heard, since: string): string | null {
  const last = DateTime.fromMillis(lastSign(heard, since), { zone: 'utc' });
  const end = endOf(last, KEPT);
  const soonest = heard.lastInteractionAt === undefined ? end : DateTime.min(end, endOf(last, LIVES));
  return soonest.toISO();
}

/** When a length of time has passed, by the law of the day on which it has: the first such day. */
function endOf(last: DateTime, length: Dated<Duration>): DateTime {
  const reached = length.reached(
    (value) => last.plus(value).toMillis(),
    (date) => DateTime.fromISO(date, { zone: FRENCH_ZONE }).toMillis(),
  );
  const first = reached.find(({ isInForce }) => isInForce);
  return DateTime.fromMillis(first?.at ?? last.toMillis(), { zone: 'utc' });
}

/** A purchase, a visit, a click or a reply lengthens what was agreed to: epoch milliseconds of the last. */
function lastSign({ lastInteractionAt }: Heard, since: string): number {
  const agreed = millisOf(since);
  return lastInteractionAt === undefined ? agreed : Math.max(agreed, millisOf(lastInteractionAt));
}

/** Why an instant of the past cannot be judged for sure. */
export type StandingDoubt = 'LAST_INTERACTION_REPLACED';

/** The person as known at an instant: a sign or a retirement that came later says nothing of it. */
export const knownUntil = (contact: Contact, at: DateTime): Contact => ({
  ...contact,
  lastInteractionAt: hasSignAfter(contact, at) ? undefined : contact.lastInteractionAt,
  retiredAt: isAfter(contact.retiredAt, at) ? undefined : contact.retiredAt,
});

/** Whether an earlier sign, replaced since by a later one, could have decided at an instant. */
export function silenceDoubt(heard: Heard, { since, at }: Asked): StandingDoubt | null {
  const isYoung = DateTime.fromISO(since, { zone: 'utc' }) >= at.toUTC().minus(LIVES.on(frenchDay(at)));
  return hasSignAfter(heard, at) && !isYoung ? 'LAST_INTERACTION_REPLACED' : null;
}

const hasSignAfter = ({ lastInteractionAt }: Heard, at: DateTime): boolean => isAfter(lastInteractionAt, at);

const isAfter = (iso: string | undefined, at: DateTime): boolean =>
  iso !== undefined && DateTime.fromISO(iso) > at;
