import { DateTime } from 'luxon';
import { acknowledgement } from '../chapters/opt-out.ts';
import { defaultProfile, isAnswer, isReminder } from '../profile.ts';
import { endBy, soonest, reminderHours, validity, type IfLate } from '../chapters/windows.ts';
import { calendarVersion } from '../calendar/holiday.ts';
import { rulesVersion } from '../book.ts';
import {
  knownZone,
  type Purpose,
  type Rule,
  localityIn,
  localityOf,
  TERRITORIES,
  zonesOf,
  type Territory,
} from '../../rule/index.ts';
import type { Language } from '../../words/index.ts';
import { commonOpening, commonWindow } from './opening.ts';
import {
  ruleLine,
  type Decision,
  type Question,
  type Explanation,
  type RuleLine,
  type Conditions,
  type Closure,
  becauseOfEnd,
  becauseOfShift,
  type UnsentCode,
  type Because,
  type BilingualBecause,
} from './decision.ts';
import { doubts, type Doubt, placesOf, assessInputs } from './decision-inputs.ts';
import { bindingAt, warningsAt, nextLawful } from './lawful-moment.ts';
import { plannedBecause, planReminder, type ReminderPlan } from './plan-reminder.ts';

const HOUR_MS = 3_600_000;

/**
 * Decides whether a message may be sent at one moment at one locality, and when else it may; anything unknown is
 * refused. `allow` is valid for `at` ≤ t < `until`; a mark avoids the last second.
 */
export function decide(question: Question): Decision {
  if (isAnswer(question.purpose)) return decideAnswer(question);
  const { eventAt, expireAt } = question;
  const assessment = assessInputs({ ...withProfile(question), ends: [eventAt, expireAt] });
  if (assessment.kind === 'doubt') return refused(question, assessment);
  const ms = question.at.toMillis();
  const end = endBy(ms, question);
  if (end) return expire(question, end);
  const places = placesOf(question, assessment.profile);
  const open = commonWindow(ms, places);
  return open ? allow(question, open.closes, places) : hold(question, places);
}

const withProfile = (question: Question): Question & { readonly profile: string } => ({
  ...question,
  profile: question.profile ?? defaultProfile(question.purpose),
});

/** Allows an answer that the person waits for at any hour, up to its expiry or else for an hour. */
function decideAnswer(question: Question): Decision {
  const { expireAt, language = 'fr' } = question;
  if (!question.at.isValid || expireAt?.isValid === false) return refused(question, doubts.end);
  const at = question.at.toMillis();
  if (endBy(at, { expireAt })) return expire(question, 'EXPIRE_AT');
  const until = expireAt?.toMillis() ?? at + HOUR_MS;
  return buildDecision(question, { verdict: 'allow', until }, () => ({
    rules: [ruleLine(acknowledgement, 'allows', { language })],
  }));
}

function allow(question: Question, closes: number, places: readonly Conditions[]): Decision {
  const at = question.at.toMillis();
  return buildDecision(question, { verdict: 'allow', at, until: soonest(closes, question) }, () =>
    explainAllow({ at, closes }, places, question.language),
  );
}

function hold(question: Question, places: readonly Conditions[]): Decision {
  const at = commonOpening(question.at.toMillis(), places, 'later');
  if (at === undefined) return refused(question, places.length > 1 ? doubts.noCommonHour : doubts.year);
  const end = endBy(at, question);
  if (end) return expire(question, end);
  const assessment = assessInputs({ ...withProfile(question), at: DateTime.fromMillis(at, { zone: 'utc' }) });
  if (assessment.kind === 'doubt') return refused(question, assessment);
  return buildDecision(question, { verdict: 'hold', at, until: at }, () => explainHold(question, at, places));
}

/** A verdict without its explanation; moments in milliseconds. */
interface Outcome {
  readonly verdict: Decision['verdict'];
  /** Absent when it is the moment of the question. */
  readonly at?: number;
  readonly until?: number;
}

/**
 * Builds a decision that makes its explanation when it is first read: the send path decides thousands of times a
 * second, and reads one explanation for each group of people.
 */
function buildDecision(
  question: Question,
  { verdict, at, until }: Outcome,
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

/** Returns the decision that refuses a message because of a doubt. */
export function refused(question: Question, doubt: Doubt): Decision {
  return buildDecision(question, { verdict: 'refuse' }, () => explainDoubt(doubt, question.language));
}

function expire(question: Question, end: UnsentCode): Decision {
  return buildDecision(question, { verdict: 'expire' }, () => explainEnd(end, question.language));
}

/** A past decision, with the place of the person as it was known then. */
interface PastDecision {
  readonly purpose: Purpose;
  readonly profile: string;
  readonly at: DateTime;
  readonly marginMs: number;
  readonly territory: Territory;
  readonly timeZone: string;
  /** Every possible zone of the person; absent in old decisions, which took one zone without a reason. */
  readonly timeZones?: readonly [string, ...string[]] | undefined;
}

/** The territories with several zones, where one zone decides alone only when it is known to be the person's. */
export const TERRITORIES_OF_SEVERAL_ZONES: readonly Territory[] = TERRITORIES.filter(
  (territory) => zonesOf(territory).length > 1,
);

/**
 * Returns the moment up to which a past decision allowed sending in every place where the person may have been, or
 * its own moment when it allowed none. A decision that names no zones and took the usual one of its territory is
 * judged in every zone of that territory, since the zone was a guess.
 */
export function strictestClose({ territory, timeZone, timeZones, ...question }: PastDecision): DateTime {
  const isGuess = timeZones === undefined && timeZone === zonesOf(territory)[0];
  const locality = isGuess ? localityOf(territory) : localityIn([territory], timeZones ?? [timeZone]);
  const { verdict, until } = decide({ ...question, locality });
  return verdict === 'allow' && until !== undefined ? until : question.at;
}

/** Lists the rules that were checked, with the warnings of those that advise against the moment. */
function explainAllow(
  window: { readonly at: number; readonly closes: number },
  places: readonly Conditions[],
  language: Language = 'fr',
): Explanation {
  const [conditions] = places;
  if (!conditions) return { rules: [] };
  const zone = conditions.locality.timeZone;
  const at = DateTime.fromMillis(window.at, { zone: knownZone(zone) });
  const details = { language, until: DateTime.fromMillis(window.closes, { zone }) };
  const warnings = places.flatMap((place) =>
    warningsAt(at.setZone(knownZone(place.locality.timeZone)), place),
  );
  const checked = bindingAt(at, conditions).rules.filter(({ id }) => isChecked(id, conditions));
  const lineOf = (rule: Rule): RuleLine => {
    const about = warnings.find((warning) => warning.rule === rule)?.about[language];
    return about === undefined
      ? ruleLine(rule, 'allows', details)
      : ruleLine(rule, 'warns', { ...details, about });
  };
  return { rules: checked.map(lineOf) };
}

/** Says whether a rule was checked: of the two rules on hours, only the one that defines the profile's. */
const isChecked = (id: string, { profile }: Conditions): boolean =>
  id === profile.hoursRule || (id !== 'WIN-01' && id !== 'WIN-04');

/** Lists every rule that closed the moment, with one sentence on the move. */
function explainHold(
  { at: wanted, locality, language = 'fr' }: Question,
  atMs: number,
  places: readonly Conditions[],
): Explanation {
  const at = DateTime.fromMillis(atMs, { zone: locality.timeZone });
  const movedBy: readonly Closure[] = places.flatMap((place) => nextLawful(wanted, place)?.movedBy ?? []);
  return {
    because: becauseOfShift({ wanted, at, movedBy }, language),
    rules: closingRules(movedBy, language),
  };
}

const closingRules = (closures: readonly Closure[], language: Language): readonly RuleLine[] =>
  [...new Map(closures.map((closure) => [closure.rule.id, closure])).values()].map((closure) =>
    ruleLine(closure.rule, 'bars', { language, until: closure.until, about: closure.about[language] }),
  );

function explainDoubt({ rule, code, about }: Doubt, language: Language = 'fr'): Explanation {
  return {
    because: { code, ruleId: rule.id, text: `${about[language]} (${rule.id}).` },
    rules: [ruleLine(rule, 'doubts', { language, about: about[language] })],
  };
}

function explainEnd(code: UnsentCode, language: Language = 'fr'): Explanation {
  const rule = code === 'EXPIRE_AT' ? validity : reminderHours;
  return { because: becauseOfEnd(code, rule.id, language), rules: [ruleLine(rule, 'ends', { language })] };
}

/** A question about the law, with the moment by the law clock at which it is asked. */
export interface LawQuestion extends Omit<Question, 'expireAt'> {
  readonly now: DateTime;
  /** True when `at` is computed back from the event, as for a booking. */
  readonly isWish: boolean;
  readonly ifLate?: IfLate | undefined;
}

/**
 * Decides by the law clock: `allow` means that the message may be sent now, and a lawful moment in the future is
 * `hold`. A reminder for the future, or whose moment is computed back from its event, is planned as that of a booking.
 */
export function decideByClock(question: LawQuestion): Decision {
  const { purpose, at, now, isWish } = question;
  if (isReminder(purpose) && (isWish || at > now)) return decideByPlan(question);
  const decision = decide(question);
  if (decision.verdict !== 'allow' || at <= now) return decision;
  return buildDecision(question, { verdict: 'hold', at: at.toMillis(), until: at.toMillis() }, () => ({
    because: translateBecause(plannedBecause(decision.at), question.language),
    rules: decision.rules,
  }));
}

function decideByPlan(question: LawQuestion): Decision {
  const { at: wanted, now: since, eventAt } = question;
  if (eventAt !== undefined && eventAt <= since) return expire(question, 'EVENT_PAST');
  const plan = planReminder({ ...question, wanted, since });
  switch (plan.kind) {
    case 'doubt':
      return refused(question, plan);
    case 'after-event':
      return expire(question, 'EVENT_PAST');
    case 'late':
      return buildDecision(question, { verdict: 'expire' }, () => ({
        because: translateBecause(plan.because, question.language),
        rules: [ruleLine(reminderHours, 'ends', { language: question.language ?? 'fr' })],
      }));
    case 'planned':
      return holdAsPlanned(question, plan);
    default:
      return plan satisfies never;
  }
}

function holdAsPlanned(question: LawQuestion, plan: ReminderPlan & { readonly kind: 'planned' }): Decision {
  const { at, movedBy, because } = plan;
  const ms = at.toMillis();
  return buildDecision(question, { verdict: 'hold', at: ms, until: ms }, () => ({
    because: translateBecause(because ?? plannedBecause(at), question.language),
    rules:
      movedBy.length > 0
        ? closingRules(movedBy, question.language ?? 'fr')
        : decide({ ...question, at }).rules,
  }));
}

const translateBecause = ({ text, ...because }: BilingualBecause, language: Language = 'fr'): Because => ({
  ...because,
  text: text[language],
});
