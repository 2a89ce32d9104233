import { DateTime } from 'luxon';
import { calendarVersion } from '../calendar/holiday.ts';
import type { Decision, Explanation, Question } from './decision.ts';
import type { Doubt } from './doubt.ts';
import { explainDoubt, explainEnd, type End } from './grounds.ts';
import { rulesVersion } from '../book.ts';
import { knownZone } from './known-zone.ts';
import { defaultProfile } from '../purpose.ts';

/** The result of a search, in milliseconds and without words. */
export interface DecisionFinding {
  readonly verdict: Decision['verdict'];
  /** Absent: the moment asked about, unchanged. */
  readonly at?: number;
  readonly until?: number;
}

/**
 * Builds a decision with profile and editions, worded on demand. The send path asks thousands of times a second and
 * reads the words once a group.
 */
export function made(
  question: Question,
  { verdict, at, until }: DecisionFinding,
  explain: () => Explanation,
): Decision {
  const { profile = defaultProfile(question.purpose), locality } = question;
  const { territory, timeZone } = locality;
  let explanation: Explanation | undefined;
  return {
    verdict,
    get at() {
      return at === undefined ? question.at : DateTime.fromMillis(at, { zone: knownZone(timeZone) });
    },
    get until() {
      return until === undefined ? undefined : DateTime.fromMillis(until, { zone: knownZone(timeZone) });
    },
    get because() {
      return (explanation ??= explain()).because;
    },
    get rules() {
      return (explanation ??= explain()).rules;
    },
    profile,
    rulesVersion,
    calendarVersion,
    territory,
    timeZone,
  };
}

/** Refuses a question for a doubt. */
export function refused(question: Question, doubt: Doubt): Decision {
  return made(question, { verdict: 'refuse' }, () => explainDoubt(doubt, question.language));
}

/** Ends a message that will not be sent any more. */
export function ended(question: Question, end: End): Decision {
  return made(question, { verdict: 'expire' }, () => explainEnd(end, question.language));
}
