import { DateTime } from 'luxon';
import { hasCalendar } from '../calendar/holiday.ts';
import { eachZone } from './decision-inputs.ts';
import { knownZone, localDate, isInForceOn, type Rule } from '../../rule/index.ts';
import type { Language, Words } from '../../words/index.ts';
import type { Closure, Conditions, TimingRule } from './decision.ts';
import { timingRules } from '../chapters/windows.ts';
import { profileOn } from '../profile.ts';

/** A moment that every rule leaves open, and the closures between it and the wished one. */
interface LawfulMoment {
  readonly at: DateTime;
  /** Empty when the moment is the wished one. */
  readonly movedBy: readonly Closure[];
}

/** Returns the closed stretches around `at`, in each possible zone of the recipient. */
export function closuresAt(
  at: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): readonly Closure[] {
  return eachZone(conditions).flatMap((place) => {
    const local = atRecipient(at, place);
    const binding = bindingAt(local, place, rules);
    return binding.rules.flatMap((rule) => rule.closuresAt(local, binding.conditions) ?? []);
  });
}

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

/** Moves from `from` out of each closed stretch until no rule closes the moment; undefined outside the calendar. */
function firstOpen(
  from: DateTime,
  closuresFrom: (at: DateTime) => readonly Closure[],
  advance: (at: DateTime, closures: readonly Closure[]) => DateTime,
): LawfulMoment | undefined {
  const movedBy: Closure[] = [];
  let at = from;
  while (hasCalendar(at.year)) {
    const closures = closuresFrom(at);
    if (closures.length === 0) return { at, movedBy };
    movedBy.push(...closures);
    at = advance(at, closures).setZone(from.zone);
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

/** The rules in force at a moment, and its conditions with the row of the profile in force. */
interface Binding {
  readonly rules: readonly TimingRule[];
  readonly conditions: Conditions;
}

/**
 * Returns what is in force at `at`, which is in the recipient's zone, or on the date of the rules where one is given.
 */
export function bindingAt(
  at: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): Binding {
  const on = conditions.rulesOn ?? localDate(at);
  const profile = profileOn(conditions.profile.id, on) ?? conditions.profile;
  return { rules: rules.filter((rule) => isInForceOn(rule, on)), conditions: { ...conditions, profile } };
}

/** Returns the remarks of rules that advise against `at` and leave it open. */
export function warningsAt(at: DateTime, given: Conditions): readonly Remark[] {
  const { rules, conditions } = bindingAt(at, given);
  return rules.flatMap((rule) => {
    const about = rule.warns?.(at, conditions);
    return about ? [{ rule, about }] : [];
  });
}

/** What a rule says about a moment that it closes, doubts or advises against. */
export interface Remark {
  readonly rule: Rule;
  readonly about: Words;
}

/** A local day, and what the rules say about it. */
export interface ExplainedDay {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly because: readonly { readonly ruleId: string; readonly title: string; readonly text: string }[];
}

/** Builds a day with what the rules say about it, each sentence once. */
export function explainDay(day: DateTime, remarks: readonly Remark[], language: Language): ExplainedDay {
  const distinct = new Map(remarks.map((remark) => [`${remark.rule.id} ${remark.about[language]}`, remark]));
  const because = [...distinct.values()].map(({ rule, about }) => ({
    ruleId: rule.id,
    title: rule.title[language],
    text: about[language],
  }));
  return { on: localDate(day), because };
}
