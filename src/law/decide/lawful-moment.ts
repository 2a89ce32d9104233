import { DateTime } from 'luxon';
import { bindingAt } from './binding.ts';
import { hasCalendar } from '../calendar/holiday.ts';
import { eachZone } from './places.ts';
import { knownZone } from './known-zone.ts';
import type { Bar, Conditions, TimingRule } from './timing-rule.ts';
import { timingRules } from '../chapters/windows.ts';

/** A moment that no rule bars, and what moved it there. */
export interface LawfulMoment {
  readonly at: DateTime;
  /** Empty when the moment is the one asked for. */
  readonly movedBy: readonly Bar[];
}

/** Every rule that closes `at`, by the clocks of each zone that the recipient may be in. */
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

/** A moment on the recipient's clocks. */
function atRecipient(at: DateTime, { locality }: Conditions): DateTime {
  return at.setZone(knownZone(locality.timeZone));
}

/** The first moment, from `wanted` on, that no rule bars; none beyond the calendar. */
export function nextLawful(
  wanted: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): LawfulMoment | undefined {
  return firstOpen(atRecipient(wanted, conditions), (at) => barsAt(at, conditions, rules), latest);
}

/** `wanted` when lawful, else the last whole minute before it that no rule bars. */
export function lastLawfulBefore(
  wanted: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): LawfulMoment | undefined {
  return firstOpen(atRecipient(wanted, conditions), (at) => barsAt(at, conditions, rules), lastMinuteBefore);
}

/** Goes from `from` past each closed stretch until nothing bars; none beyond the calendar. */
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

/** The latest end of closed stretches. */
export const latest = (at: DateTime, bars: readonly Bar[]): DateTime =>
  bars.reduce((until, bar) => (bar.until > until ? bar.until : until), at);

/** The earliest beginning of closed stretches. */
export const earliest = (at: DateTime, bars: readonly Bar[]): DateTime =>
  bars.reduce((from, bar) => (bar.from < from ? bar.from : from), at);
