import { DateTime } from 'luxon';
import { bindingAt } from './binding.ts';
import { hasCalendar } from '../calendar/holiday.ts';
import { eachZone } from './places.ts';
import { knownZone } from './known-zone.ts';
import type { Closure, Conditions, TimingRule } from './timing-rule.ts';
import { timingRules } from '../chapters/windows.ts';

/** A moment that every rule allows, and the reasons why it moved. */
export interface LawfulMoment {
  readonly at: DateTime;
  /** Empty when the moment is the wished one. */
  readonly movedBy: readonly Closure[];
}

/** Returns every rule that closes `at`, in each zone of the recipient. */
export function closuresAt(
  at: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): readonly Closure[] {
  return eachZone(conditions).flatMap((place) => {
    const there = atRecipient(at, place);
    const binding = bindingAt(there, place, rules);
    return binding.rules.flatMap((rule) => rule.closuresAt(there, binding.conditions) ?? []);
  });
}

/** Converts a moment to the recipient's zone. */
function atRecipient(at: DateTime, { locality }: Conditions): DateTime {
  return at.setZone(knownZone(locality.timeZone));
}

/** Returns the first moment from `wanted` on that every rule allows; undefined beyond the calendar. */
export function nextLawful(
  wanted: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): LawfulMoment | undefined {
  return firstOpen(atRecipient(wanted, conditions), (at) => closuresAt(at, conditions, rules), latest);
}

/** Returns `wanted` when it is lawful, else the last lawful whole minute before it. */
export function lastLawfulBefore(
  wanted: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): LawfulMoment | undefined {
  return firstOpen(
    atRecipient(wanted, conditions),
    (at) => closuresAt(at, conditions, rules),
    lastMinuteBefore,
  );
}

/** Advances from `from` past each closed stretch until no rule closes the moment; undefined beyond the calendar. */
function firstOpen(
  from: DateTime,
  closuresFrom: (at: DateTime) => readonly Closure[],
  past: (at: DateTime, closures: readonly Closure[]) => DateTime,
): LawfulMoment | undefined {
  const movedBy: Closure[] = [];
  let at = from;
  while (hasCalendar(at.year)) {
    const closures = closuresFrom(at);
    if (closures.length === 0) return { at, movedBy };
    movedBy.push(...closures);
    at = past(at, closures).setZone(from.zone);
  }
  return undefined;
}

const lastMinuteBefore = (at: DateTime, closures: readonly Closure[]): DateTime =>
  earliest(at, closures).minus({ milliseconds: 1 }).startOf('minute');

/** Returns the latest end of closed stretches. */
export const latest = (at: DateTime, closures: readonly Closure[]): DateTime =>
  closures.reduce((until, closure) => (closure.until > until ? closure.until : until), at);

/** Returns the earliest beginning of closed stretches. */
export const earliest = (at: DateTime, closures: readonly Closure[]): DateTime =>
  closures.reduce((from, closure) => (closure.from < from ? closure.from : from), at);
