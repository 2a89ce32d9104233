import type { DateTime } from 'luxon';
import { localDate } from '../calendar/local-date.ts';
import { profileOn } from '../profile.ts';
import { standsOn } from '../rule.ts';
import type { Remark } from './told-day.ts';
import type { Conditions, TimingRule } from './timing-rule.ts';
import { timingRules } from '../chapters/windows.ts';

/** The rows that decide a moment: those of its local date, or of the given date. */
export interface Binding {
  readonly rules: readonly TimingRule[];
  readonly conditions: Conditions;
}

/** Returns the rules, and the profile's row, in force at `at`, which is in the recipient's zone. */
export function bindingAt(
  at: DateTime,
  conditions: Conditions,
  rules: readonly TimingRule[] = timingRules,
): Binding {
  const on = conditions.rulesOn ?? localDate(at);
  const profile = profileOn(conditions.profile.id, on) ?? conditions.profile;
  return { rules: rules.filter((rule) => standsOn(rule, on)), conditions: { ...conditions, profile } };
}

/** Returns the remarks of rules that advise against `at` without closing it. */
export function warningsAt(at: DateTime, asked: Conditions): readonly Remark[] {
  const { rules, conditions } = bindingAt(at, asked);
  return rules.flatMap((rule) => {
    const about = rule.warns?.(at, conditions);
    return about ? [{ rule, about }] : [];
  });
}
