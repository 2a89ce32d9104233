import type { DateTime } from 'luxon';
import type { Profile } from './profile.ts';
import type { Locality } from './territory.ts';

/** Who asks for a rule, from statute to our own policy. */
export type Level = 'LAW' | 'CHARTER' | 'VENDOR' | 'SEED' | 'HOUSE';

/** H primary or two good sources, M one, L weak, K general knowledge. */
type Confidence = 'H' | 'M' | 'L' | 'K';

/** What a message is for; it chooses basis, window and direction. */
export type Purpose =
  | 'marketing'
  | 'appointment'
  | 'renewal'
  | 'payment'
  | 'acknowledgement'
  | 'confirmation';

/** The three purposes that remind a person of something of theirs. */
export const REMINDERS = ['appointment', 'renewal', 'payment'] as const satisfies readonly Purpose[];

/** The languages in which the law explains itself. */
export type Language = 'fr' | 'en';

/** One sentence, in each language. */
export type Words = Readonly<Record<Language, string>>;

/** The words of a text as somebody read them, and when. */
interface Quotation {
  readonly words: string;
  readonly source: string;
  /** Local date of the reading, `YYYY-MM-DD`. */
  readonly readOn: string;
}

/** One provision: what it asks, who says so, since when. */
export interface Rule {
  readonly id: string;
  readonly title: Words;
  readonly level: Level;
  readonly source: string;
  readonly confidence: Confidence;
  readonly readOn: string;
  /** First local date on which it binds, `YYYY-MM-DD`. */
  readonly inForceFrom: string;
  /** Last local date on which it binds; absent while it stands. */
  readonly inForceUntil?: string;
  readonly purposes: readonly Purpose[];
  /** Present only when the words were read, never paraphrased. */
  readonly quotation?: Quotation;
  readonly reading: Words;
  readonly parameters: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

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
  readonly marginMs?: number;
}

/** A rule on *when*; `at` is already in the recipient's zone. */
export interface TimingRule extends Rule {
  /** The closed stretch that holds `at`, if this rule closes it. */
  bars(at: DateTime, conditions: Conditions): Bar | undefined;
  /** What the rule advises against at `at` without closing it. */
  warns?(at: DateTime, conditions: Conditions): Words | undefined;
}

/** The day on which the sources of this edition were read. */
export const READ_ON = '2026-10-01';

/** Our own policies bind every date that the calendar covers. */
export const SINCE_EVER = '2006-01-01';

/** Whether a dated thing binds on a local date `YYYY-MM-DD`. */
export function standsOn(
  dated: { readonly inForceFrom: string; readonly inForceUntil?: string },
  on: string,
): boolean {
  return dated.inForceFrom <= on && (dated.inForceUntil === undefined || on <= dated.inForceUntil);
}
