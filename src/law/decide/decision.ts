import type { DateTime } from 'luxon';
import type { Because } from './because.ts';
import type { Language, Purpose, Rule } from '../base/rule.ts';
import type { Locality, Territory } from '../base/territory.ts';

/** The direction in which a closed moment moves. */
export type Direction = 'later' | 'earlier';

/** The question whether a message may be sent at `at`. */
export interface Question {
  readonly purpose: Purpose;
  /** By default the profile of the purpose. */
  readonly profile?: string;
  readonly at: DateTime;
  readonly locality: Locality;
  /** A reminder is never sent from its event on. */
  readonly eventAt?: DateTime;
  readonly expireAt?: DateTime;
  readonly marginMs?: number | undefined;
  /** The local date of the rules and profiles, `YYYY-MM-DD`; by default that of `at`. */
  readonly rulesOn?: string;
  readonly language?: Language;
}

/** One rule's statement in a decision. */
export interface RuleLine {
  readonly id: string;
  readonly title: string;
  readonly level: Rule['level'];
  readonly source: string;
  readonly effect: 'allows' | 'bars' | 'warns' | 'ends' | 'doubts';
  readonly until?: DateTime;
  readonly about?: string;
}

/** The explanation of a verdict; made on demand. */
export interface Explanation {
  readonly because?: Because | undefined;
  readonly rules: readonly RuleLine[];
}

/** A verdict with its full explanation. */
export interface Decision extends Explanation {
  readonly verdict: 'allow' | 'hold' | 'refuse' | 'expire';
  /** `hold`: when it may be sent; otherwise the moment asked about. */
  readonly at: DateTime;
  /** `allow`: the close, or the deadline if sooner; `hold`: same as `at`. */
  readonly until?: DateTime | undefined;
  readonly profile: string;
  readonly rulesVersion: string;
  readonly calendarVersion: string;
  readonly territory: Territory;
  readonly timeZone: string;
}

/** Makes the line of one rule. */
export function ruleLine(
  { id, title, level, source }: Rule,
  effect: RuleLine['effect'],
  {
    language,
    until,
    about,
  }: { readonly language: Language; readonly until?: DateTime | undefined; readonly about?: string },
): RuleLine {
  const rest = { ...(until ? { until } : {}), ...(about === undefined ? {} : { about }) };
  return { id, title: title[language], level, source, effect, ...rest };
}
