import type { DateTime } from 'luxon';
import type { Profile } from '../profile/hours.ts';
import type { Rule, Purpose, Locality, Territory } from '../../rule/index.ts';
import { type Words, type Language, wordsIn } from '../../words/index.ts';

/** Why a moment is closed; steps of reminders show these codes. */
type ClosureCode = 'SUNDAY' | 'HOLIDAY' | 'OUT_OF_HOURS';

/** A closed stretch of time around a moment: `from` ≤ moment < `until`. */
export interface Closure {
  readonly rule: Rule;
  readonly code: ClosureCode;
  readonly from: DateTime;
  readonly until: DateTime;
  readonly about: Words;
}

/** The facts that a timing rule needs besides the moment. */
export interface Conditions {
  readonly profile: Profile;
  readonly locality: Locality;
  /** Milliseconds before the close at which the last message is sent; 0 when absent. */
  readonly marginMs?: number | undefined;
  /** The local date of the rules, `YYYY-MM-DD`; by default that of the moment. */
  readonly rulesOn?: string | undefined;
}

/** A rule on when messages may be sent. `at` is in the recipient's zone. */
export interface TimingRule extends Rule {
  /** Returns the closed stretch around `at`; undefined when this rule leaves it open. */
  closuresAt(at: DateTime, conditions: Conditions): Closure | undefined;
  /** Returns the rule's advice against an `at` that it leaves open, if any. */
  warns?(at: DateTime, conditions: Conditions): Words | undefined;
}

/** The direction in which a message moves from a closed moment. */
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

/** Why a verdict is what it is. */
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

/** Why a message waits, moves, is refused or is not sent. */
type BecauseCode =
  | ClosureCode
  | 'PLANNED'
  | 'LATE_BOOKING'
  | 'PAST'
  | UnsentCode
  | 'PLACE_UNKNOWN'
  | 'LAW_UNKNOWN';

/** A readable reason, with its rule. */
export interface Because {
  readonly code: BecauseCode;
  readonly ruleId?: string;
  /** The moment to which the message moved, ISO 8601 with offset. */
  readonly at?: string;
  readonly text: string;
}

/** A reason in both languages, for storage. */
export interface BilingualBecause extends Omit<Because, 'text'> {
  readonly text: Words;
}

/** The move of a message from its wished moment to a lawful one. */
export interface Shift {
  readonly wanted: DateTime;
  readonly at: DateTime;
  readonly movedBy: readonly Closure[];
}

/** The order of reasons when several rules close a moment: a closed day comes before a closed hour. */
const precedence: readonly ClosureCode[] = ['SUNDAY', 'HOLIDAY', 'OUT_OF_HOURS'];

/** Formats a local moment: `dimanche 11/04 à 10h00`, `Sunday 11/04 at 10:00`. */
export function momentInWords(at: DateTime, language: Language): string {
  const { days, hour, moment } = wordsIn(language).dates;
  return moment({
    day: `${days[at.weekday - 1] ?? ''} ${at.toFormat('dd/MM')}`,
    hour: at.toFormat(hour),
  });
}

function mainClosure(moment: DateTime, closures: readonly Closure[]): Closure | undefined {
  const closing = closures.filter((closure) => closure.from <= moment && moment < closure.until);
  return precedence.flatMap((code) => closing.find((closure) => closure.code === code) ?? [])[0];
}

/**
 * Explains a move in one sentence that names each closed day on the way; undefined when no rule closed the wished
 * moment.
 */
export function becauseOfShift(shift: Shift, language: Language = 'fr'): Because | undefined {
  const closure = mainClosure(shift.wanted, shift.movedBy);
  if (!closure) return undefined;
  const earlier = shift.at < shift.wanted;
  const words = wordsIn(language).because;
  const wanted = momentInWords(shift.wanted.setZone(shift.at.zone), language);
  const because = [closure, ...shift.movedBy.filter(({ code }) => code !== 'OUT_OF_HOURS')];
  const reasons = new Set(because.map(({ about, rule }) => `${about[language]} (${rule.id})`));
  return {
    code: closure.code,
    ruleId: closure.rule.id,
    at: shift.at.toString(),
    text: (earlier ? words.broughtForward : words.putOff)({
      wanted,
      at: momentInWords(shift.at, language),
      because: [...reasons].join(wordsIn(language).punctuation.semicolon),
    }),
  };
}

/** Why a message is not sent any more. */
export type UnsentCode = 'EVENT_PAST' | 'EXPIRE_AT';

export function becauseOfEnd(code: UnsentCode, ruleId: string, language: Language = 'fr'): Because {
  return { code, ruleId, text: wordsIn(language).because.never[code]({ ruleId }) };
}

/** Formats a local moment in full, with its zone: `mardi 30 mars 2027 à 09h30, heure de Paris`. */
export function instantInWords(at: DateTime, language: Language): string {
  const { clocks, inFull, onTheClocks, elsewhere, locale } = wordsIn(language).dates;
  const zone = at.zoneName ?? 'UTC';
  const known: Readonly<Record<string, string>> = clocks;
  const local = at.setLocale(locale);
  const moment = inFull({
    weekday: local.toFormat('cccc'),
    day: local.day,
    month: local.toFormat('LLLL yyyy'),
    hour: local.toFormat(wordsIn(language).dates.hour),
  });
  return onTheClocks({ moment, whose: known[zone] ?? elsewhere({ zone }) });
}
