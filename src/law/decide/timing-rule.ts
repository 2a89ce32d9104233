import type { DateTime } from 'luxon';
import type { Profile } from '../profile/hours.ts';
import type { Rule, Words } from '../rule.ts';
import type { Locality } from '../territory.ts';

/** Why a moment is barred, in the words of a step. */
export type BarCode = 'SUNDAY' | 'HOLIDAY' | 'OUT_OF_HOURS';

/** A closed stretch of time around a moment: `from` ≤ moment < `until`. */
export interface Bar {
  readonly rule: Rule;
  readonly code: BarCode;
  readonly from: DateTime;
  readonly until: DateTime;
  readonly about: Words;
}

/** What a rule on moments must know besides the moment. */
export interface Conditions {
  readonly profile: Profile;
  readonly locality: Locality;
  /** How long before the close the last message leaves; 0 when absent. */
  readonly marginMs?: number | undefined;
  /** The local date whose rules decide, `YYYY-MM-DD`; by default that of the moment. */
  readonly rulesOn?: string | undefined;
}

/** A rule on *when*; `at` is already in the recipient's zone. */
export interface TimingRule extends Rule {
  /** The closed stretch that holds `at`, if this rule closes it. */
  bars(at: DateTime, conditions: Conditions): Bar | undefined;
  /** What the rule advises against at `at` without closing it. */
  warns?(at: DateTime, conditions: Conditions): Words | undefined;
}
