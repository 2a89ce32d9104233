import { localDate } from './calendar/local-date.ts';
import { DateTime } from 'luxon';
import { hasCalendar } from './calendar/holiday.ts';
import { timingRules } from './index.ts';
import { standsOn, type Bar, type Conditions, type TimingRule } from './rule.ts';

/** A moment that no rule bars, and what moved it there. */
export interface LawfulMoment {
  readonly at: DateTime;
  /** Empty when the moment is the one asked for. */
  readonly movedBy: readonly Bar[];
}

/** The rules on moments that bind at `at`. */
export function rulesAt(at: DateTime, rules: readonly TimingRule[] = timingRules): readonly TimingRule[] {
  const on = localDate(at);
  return rules.filter((rule) => standsOn(rule, on));
}

/** Every rule that closes `at`, which is in the recipient's zone. */
export function barsAt(
  at: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): readonly Bar[] {
  return rulesAt(at, rules).flatMap((rule) => rule.bars(at, conditions) ?? []);
}

/** A moment on the recipient's clocks. */
export function atRecipient(at: DateTime, { locality }: Conditions): DateTime {
  return at.setZone(locality.timeZone);
}

/** The first moment, from `wanted` on, that no rule bars; none beyond the calendar. */
export function nextLawful(
  wanted: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): LawfulMoment | undefined {
  const movedBy: Bar[] = [];
  let at = atRecipient(wanted, conditions);
  while (hasCalendar(at.year)) {
    const bars = barsAt(at, conditions, rules);
    if (bars.length === 0) return { at, movedBy };
    movedBy.push(...bars);
    at = latest(at, bars);
  }
  return undefined;
}

/** `wanted` when lawful, else the last whole minute before it that no rule bars. */
export function lastLawfulBefore(
  wanted: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): LawfulMoment | undefined {
  const movedBy: Bar[] = [];
  let at = atRecipient(wanted, conditions);
  while (hasCalendar(at.year)) {
    const bars = barsAt(at, conditions, rules);
    if (bars.length === 0) return { at, movedBy };
    movedBy.push(...bars);
    at = earliest(at, bars).minus({ milliseconds: 1 }).startOf('minute');
  }
  return undefined;
}

/** The close of the window that holds `at`, at the latest that day's midnight. */
export function closeAfter(at: DateTime, conditions: Conditions): DateTime {
  let close = at.startOf('day').plus({ days: 1 }).startOf('day');
  for (;;) {
    const bars = barsAt(close.minus({ milliseconds: 1 }), conditions);
    if (bars.length === 0) return close;
    close = earliest(close, bars);
  }
}

const latest = (at: DateTime, bars: readonly Bar[]): DateTime =>
  bars.reduce((until, bar) => (bar.until > until ? bar.until : until), at);

const earliest = (at: DateTime, bars: readonly Bar[]): DateTime =>
  bars.reduce((from, bar) => (bar.from < from ? bar.from : from), at);
