import { DateTime } from 'luxon';
import { becauseOfEnd, becauseOfShift, type Because } from './because.ts';
import { calendarVersion } from './calendar/holiday.ts';
import { defaultProfile, isReminder, premisesOf, unknownYear, type Doubt } from './doubt.ts';
import { rulesVersion } from './index.ts';
import {
  closeAfter,
  barsAt,
  lastLawfulBefore,
  nextLawful,
  rulesAt,
  type LawfulMoment,
} from './lawful-moment.ts';
import { acknowledgement } from './opt-out/acknowledgement.ts';
import type { Conditions, Language, Purpose, Rule } from './rule.ts';
import type { Locality, Territory } from './territory.ts';
import { reminderHours } from './timing/reminder-hours.ts';
import { validity } from './timing/validity.ts';

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
  readonly marginMs?: number;
  /** The law clock; a reminder wished after it moves earlier. */
  readonly now?: DateTime;
  /** By default later, but earlier for a reminder wished after `now`. */
  readonly direction?: Direction;
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

/** A verdict, with everything needed to explain it afterwards. */
export interface Decision {
  readonly verdict: 'allow' | 'hold' | 'refuse' | 'expire';
  /** `hold`: when it may leave; otherwise the moment asked about. */
  readonly at: DateTime;
  /** `allow`: the close, or the deadline if sooner; `hold`: same as `at`. */
  readonly until?: DateTime;
  readonly because?: Because;
  readonly rules: readonly RuleLine[];
  readonly profile: string;
  readonly rulesVersion: string;
  readonly calendarVersion: string;
  readonly territory: Territory;
  readonly timeZone: string;
}

type Verdict = Pick<Decision, 'verdict' | 'at' | 'until' | 'because' | 'rules'>;

/**
 * Judges one moment for one locality.
 *
 * `allow` holds for `at` ≤ t < `until`; whoever marks stays clear of the last second.
 */
export function decide(question: Question): Decision {
  const profile = question.profile ?? defaultProfile(question.purpose);
  const { territory, timeZone } = question.locality;
  return { ...verdictOn(question, profile), profile, rulesVersion, calendarVersion, territory, timeZone };
}

function verdictOn(question: Question, id: string): Verdict {
  if (isAnswer(question.purpose)) return askedAMomentAgo(question);
  const premises = premisesOf({ ...question, profile: id });
  if (premises.kind === 'doubt') return refusal(question, premises);
  const { locality, marginMs = 0 } = question;
  const conditions = { profile: premises.profile, locality, marginMs };
  const at = question.at.setZone(locality.timeZone);
  const end = endOf(question, at);
  if (end) return end;
  return barsAt(at, conditions).length === 0 ? leave(question, at, conditions) : wait(question, conditions);
}

const isAnswer = (purpose: Purpose): boolean => purpose === 'acknowledgement' || purpose === 'confirmation';

/** Answers that the person waits for are outside the window. */
function askedAMomentAgo(question: Question): Verdict {
  const { at, expireAt, language = 'fr' } = question;
  if (expireAt && at >= expireAt) return ended('EXPIRE_AT', question);
  return {
    verdict: 'allow',
    at,
    until: expireAt ?? at.plus({ hours: 1 }),
    rules: [line(acknowledgement, 'allows', { language })],
  };
}

function leave(question: Question, at: DateTime, conditions: Conditions): Verdict {
  const close = closeAfter(at, conditions);
  const { language = 'fr' } = question;
  const asked = rulesAt(at).filter((rule) => appliesTo(rule, conditions));
  const rules = asked.map((rule) => {
    const warning = rule.warns?.(at, conditions);
    return warning
      ? line(rule, 'warns', { language, until: close, about: warning[language] })
      : line(rule, 'allows', { language, until: close });
  });
  return { verdict: 'allow', at, until: soonest([close, question.eventAt, question.expireAt], close), rules };
}

/** The hours of the other kind of profile were not asked. */
const appliesTo = (rule: Rule, { profile }: Conditions): boolean =>
  rule.id === profile.hoursRule || (rule.id !== 'WIN-01' && rule.id !== 'WIN-04');

function wait(question: Question, conditions: Conditions): Verdict {
  const direction = directionOf(question);
  const moment =
    direction === 'later' ? nextLawful(question.at, conditions) : lastLawfulBefore(question.at, conditions);
  if (!moment) return refusal(question, unknownYear);
  if (direction === 'earlier' && question.now && moment.at < question.now)
    return ended('LATE_BOOKING', question);
  return endOf(question, moment.at) ?? held(question, moment);
}

function directionOf({ purpose, direction, now, at }: Question): Direction {
  if (direction) return direction;
  return isReminder(purpose) && now !== undefined && at > now ? 'earlier' : 'later';
}

function held(question: Question, { at, movedBy }: LawfulMoment): Verdict {
  const { language = 'fr' } = question;
  const because = becauseOfShift({ wanted: question.at, at, movedBy }, language);
  const rules = [...new Map(movedBy.map((bar) => [bar.rule.id, bar])).values()].map((bar) =>
    line(bar.rule, 'bars', { language, until: bar.until, about: bar.about[language] }),
  );
  return { verdict: 'hold', at, until: at, ...(because ? { because } : {}), rules };
}

function refusal({ at, language = 'fr' }: Question, { rule, code, about }: Doubt): Verdict {
  return {
    verdict: 'refuse',
    at,
    because: { code, ruleId: rule.id, text: `${about[language]} (${rule.id}).` },
    rules: [line(rule, 'doubts', { language, about: about[language] })],
  };
}

/** The end that a moment would come after, if any. */
function endOf(question: Question, at: DateTime): Verdict | undefined {
  if (question.eventAt && at >= question.eventAt) return ended('EVENT_PAST', question);
  if (question.expireAt && at >= question.expireAt) return ended('EXPIRE_AT', question);
  return undefined;
}

function ended(
  code: 'EVENT_PAST' | 'EXPIRE_AT' | 'LATE_BOOKING',
  { at, language = 'fr' }: Question,
): Verdict {
  const rule = code === 'EXPIRE_AT' ? validity : reminderHours;
  return {
    verdict: 'expire',
    at,
    because: becauseOfEnd(code, rule.id, language),
    rules: [line(rule, 'ends', { language })],
  };
}

interface LineDetails {
  readonly language: Language;
  readonly until?: DateTime;
  readonly about?: string;
}

function line(rule: Rule, effect: RuleLine['effect'], { language, until, about }: LineDetails): RuleLine {
  return {
    id: rule.id,
    title: rule.title[language],
    level: rule.level,
    source: rule.source,
    effect,
    ...(until ? { until } : {}),
    ...(about === undefined ? {} : { about }),
  };
}

const soonest = (moments: readonly (DateTime | undefined)[], close: DateTime): DateTime =>
  moments.reduce<DateTime>((least, moment) => (moment && moment < least ? moment : least), close);
