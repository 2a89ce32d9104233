import type { DateTime } from 'luxon';
import type { Because } from './because.ts';
import type { Language, Purpose, Rule } from '../rule.ts';
import type { Locality, Territory } from '../territory.ts';

/** Which way a closed moment moves. */
export type Direction = 'later' | 'earlier';

/** May a message leave at `at`? */
export interface Question {
  readonly purpose: Purpose;
  /** By default the profile of the purpose. */
  readonly profile?: string;
  readonly at: DateTime;
  readonly locality: Locality;
  /** A reminder never leaves from its event on. */
  readonly eventAt?: DateTime;
  readonly expireAt?: DateTime;
  readonly marginMs?: number | undefined;
  /** The local date whose rules and profiles decide, `YYYY-MM-DD`; by default that of `at`. */
  readonly rulesOn?: string;
  readonly language?: Language;
}

/** What a rule said in a decision. */
export interface RuleLine {
  readonly id: string;
  readonly title: string;
  readonly level: Rule['level'];
  readonly source: string;
  readonly effect: 'allows' | 'bars' | 'warns' | 'ends' | 'doubts';
  readonly until?: DateTime;
  readonly about?: string;
}

/** Why a verdict is what it is; made only when somebody reads it. */
export interface Grounds {
  readonly because?: Because | undefined;
  readonly rules: readonly RuleLine[];
}

/** A verdict, with everything needed to explain it afterwards. */
export interface Decision extends Grounds {
  readonly verdict: 'allow' | 'hold' | 'refuse' | 'expire';
  /** `hold`: when it may leave; otherwise the moment asked about. */
  readonly at: DateTime;
  /** `allow`: the close, or the deadline if sooner; `hold`: same as `at`. */
  readonly until?: DateTime | undefined;
  readonly profile: string;
  readonly rulesVersion: string;
  readonly calendarVersion: string;
  readonly territory: Territory;
  readonly timeZone: string;
}
