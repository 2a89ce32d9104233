import { DateTime } from 'luxon';
import { bindingAt } from './binding.ts';
import { hasCalendar } from '../calendar/holiday.ts';
import { eachZone } from './places.ts';
import { knownZone } from './known-zone.ts';
import type { Bar, Conditions, TimingRule } from './timing-rule.ts';
import { timingRules } from '../chapters/windows.ts';

/** A moment that every rule allows, and the reasons why it moved. */
export interface LawfulMoment {
  readonly at: DateTime;
  /** Empty when the moment is the wished one. */
  readonly movedBy: readonly Bar[];
}

/** Returns every rule that closes `at`, in each zone of the recipient. */
export function barsAt(
  at: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): readonly Bar[] {
  return eachZone(conditions).flatMap((place) => {
    const there = atRecipient(at, place);
    const binding = bindingAt(there, place, rules);
    return binding.rules.flatMap((rule) => rule.bars(there, binding.conditions) ?? []);
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
  return firstOpen(atRecipient(wanted, conditions), (at) => barsAt(at, conditions, rules), latest);
}

/** Returns `wanted` when it is lawful, else the last lawful whole minute before it. */
export function lastLawfulBefore(
  wanted: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): LawfulMoment | undefined {
  return firstOpen(atRecipient(wanted, conditions), (at) => barsAt(at, conditions, rules), lastMinuteBefore);
}

/** Advances from `from` past each closed stretch until no rule closes the moment; undefined beyond the calendar. */
function firstOpen(
  from: DateTime,
  barring: (at: DateTime) => readonly Bar[],
  past: (at: DateTime, bars: readonly Bar[]) => DateTime,
): LawfulMoment | undefined {
  const movedBy: Bar[] = [];
  let at = from;
  while (hasCalendar(at.year)) {
    const bars = barring(at);
    if (bars.length === 0) return { at, movedBy };
    movedBy.push(...bars);
    at = past(at, bars).setZone(from.zone);
  }
  return undefined;
}

const lastMinuteBefore = (at: DateTime, bars: readonly Bar[]): DateTime =>
  earliest(at, bars).minus({ milliseconds: 1 }).startOf('minute');

/** Returns the latest end of closed stretches. */
export const latest = (at: DateTime, bars: readonly Bar[]): DateTime =>
  bars.reduce((until, bar) => (bar.until > until ? bar.until : until), at);

/** Returns the earliest beginning of closed stretches. */
export const earliest = (at: DateTime, bars: readonly Bar[]): DateTime =>
  bars.reduce((from, bar) => (bar.from < from ? bar.from : from), at);
