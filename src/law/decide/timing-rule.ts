import type { DateTime } from 'luxon';
import type { Profile } from '../profile/hours.ts';
import type { Rule, Words } from '../base/rule.ts';
import type { Locality } from '../base/territory.ts';

/** The codes of a closed moment, as steps show them. */
export type ClosureCode = 'SUNDAY' | 'HOLIDAY' | 'OUT_OF_HOURS';

/** A closed stretch of time around a moment: `from` ≤ moment < `until`. */
export interface Closure {
  readonly rule: Rule;
  readonly code: ClosureCode;
  readonly from: DateTime;
  readonly until: DateTime;
  readonly about: Words;
}

/** The facts that a rule on moments needs besides the moment. */
export interface Conditions {
  readonly profile: Profile;
  readonly locality: Locality;
  /** Milliseconds before the close at which the last message is sent; 0 when absent. */
  readonly marginMs?: number | undefined;
  /** The local date of the rules, `YYYY-MM-DD`; by default that of the moment. */
  readonly rulesOn?: string | undefined;
}

/** A rule on *when*; `at` is already in the recipient's zone. */
export interface TimingRule extends Rule {
  /** Returns the closed stretch that holds `at`, if this rule closes it. */
  closuresAt(at: DateTime, conditions: Conditions): Closure | undefined;
  /** Returns the rule's advice against `at`, which it does not close. */
  warns?(at: DateTime, conditions: Conditions): Words | undefined;
}
