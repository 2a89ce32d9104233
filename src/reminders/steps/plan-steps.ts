import { DateTime } from 'luxon';
import {
  decide,
  nextLawful,
  bilingualBecauseOfShift,
  planReminder,
  tooLateFrom,
  defaultProfile,
  profileNamed,
  closuresAt,
  lastLawfulBefore,
  movedWish,
  wallTime,
  insuranceNoticeLastOn,
  noticeDates,
  type Because,
  type Profile,
} from '../../law/index.ts';
import { dayIn, type Locality } from '../../rule/index.ts';
import {
  wantedAt,
  oneInTwelveHours,
  onTheDayItself,
  skipped,
  type WishedStep,
  type PlanQuestion,
  type PlannedStep,
  type StepWish,
} from './planned-step.ts';
import { excludedBy, changedLate, ending, missed, type StepReason } from '../series/reason.ts';
import { isLive, type Series, type SubscriptionTerms } from '../series/series.ts';

/** Plans each reminder, or gives the reason why it is not sent; in the order of the plan. */
export function planSteps(question: PlanQuestion): readonly PlannedStep[] {
  const alone = question.plan.flatMap((wish, position) =>
    question.settled?.has(position) === true ? [] : [planned(question, { wish, position })],
  );
  return oneInTwelveHours(onTheDayItself(alone, question), question);
}

function planned(
  question: PlanQuestion,
  { wish, position }: { readonly wish: StepWish; readonly position: number },
): PlannedStep {
  const zone = zoneOf(question);
  const wanted = wantedAt(wish, question.eventAt, zone).setZone(zone).startOf('minute');
  return beforeEvent(question, { position, step: wish.offset, wantedAt: wanted });
}

export const zoneOf = ({ locality, eventAt }: Pick<PlanQuestion, 'locality' | 'eventAt'>): string =>
  locality?.timeZone ?? eventAt.zoneName ?? 'utc';

/** The facts that decide one step, whatever its plan. */
export type StepQuestion = Pick<
  PlanQuestion,
  | 'purpose'
  | 'eventAt'
  | 'locality'
  | 'now'
  | 'plannedSince'
  | 'ifLate'
  | 'skippedBefore'
  | 'saidBefore'
  | 'exclusion'
>;

/** The facts of a step whose person is eligible and whose place is known. */
export interface PlacedQuestion extends StepQuestion {
  readonly locality: Locality;
  readonly profile: Profile;
}

/** Plans a step before its event, by the law's planner. */
export function beforeEvent(question: StepQuestion, about: WishedStep): PlannedStep {
  const placed = placedOr(question);
  if ('code' in placed) return skipped(about, placed);
  const { purpose, profile, locality, eventAt, now, plannedSince } = placed;
  const { position, wantedAt: wanted } = about;
  const mayBeLate = plannedSince?.has(position) === true || !isSettledLate(placed, position);
  const plan = planReminder({
    purpose,
    profile: profile.id,
    locality,
    wanted,
    eventAt,
    since: plannedSince?.get(position) ?? now,
    ifLate: mayBeLate ? placed.ifLate : 'skip',
  });
  switch (plan.kind) {
    case 'planned':
      return plannedStepFor(placed, about, { at: plan.at, reason: plan.because });
    case 'late':
      return skipped(about, mayBeLate ? plan.because : changedLate(wanted));
    case 'after-event':
      return skipped(about, plan.because);
    case 'doubt':
      return skipped(about, { code: plan.code, ruleId: plan.rule.id, text: plan.about });
    default:
      return plan satisfies never;
  }
}

const isSettledLate = ({ skippedBefore, saidBefore }: StepQuestion, position: number): boolean =>
  saidBefore === true || skippedBefore?.has(position) === true;

/** Returns the place and profile of a step; or the reason why nothing of it may be sent. */
export function placedOr(question: StepQuestion): PlacedQuestion | StepReason {
  const { purpose, locality, exclusion, eventAt, now } = question;
  const profile = profileNamed(defaultProfile(purpose));
  if (exclusion !== null) return excludedBy(exclusion);
  if (eventAt <= now) return ending('PAST');
  if (locality === undefined || profile === undefined) return excludedBy('PLACE_UNKNOWN');
  return { ...question, locality, profile };
}

/** Plans a step at a moment found for it; made up for when that was missed, and judged a last time. */
export function plannedStepFor(
  question: PlacedQuestion,
  about: WishedStep,
  { at, reason }: { readonly at: DateTime; readonly reason: StepReason | undefined },
): PlannedStep {
  if (at < question.now) return madeUpFor(question, about, { plannedAt: at, reason });
  const doubt = doubtOf(question, at);
  if (doubt !== undefined) return skipped(about, doubt);
  return { ...about, state: 'planned', plannedAt: at, ...(reason === undefined ? {} : { reason }) };
}

/**
 * Returns why a computed moment is refused; undefined where it is lawful and before the event: the law decides last.
 */
function doubtOf(
  { purpose, profile, locality, eventAt }: PlacedQuestion,
  at: DateTime,
): StepReason | undefined {
  const question = { purpose, profile: profile.id, at, locality, eventAt };
  const { verdict, because } = decide(question);
  if (verdict === 'allow') return undefined;
  return because === undefined
    ? ending('PAST')
    : inBoth(because, decide({ ...question, language: 'en' }).because);
}

/** Makes up for a moment missed by an outage or a pause: by the next lawful one, while enough time is left. */
function madeUpFor(
  question: PlacedQuestion,
  about: WishedStep,
  due: { readonly plannedAt: DateTime; readonly reason: StepReason | undefined },
): PlannedStep {
  const { now, eventAt } = question;
  const { plannedAt } = due;
  const next = nextLawful(now, question);
  const limit = tooLateFrom(plannedAt, {
    wanted: about.wantedAt,
    eventAt,
    day: dayIn(about.wantedAt, question.locality.timeZone),
  });
  if (next === undefined || next.at > limit)
    return { ...about, plannedAt, state: 'expired', reason: missed(plannedAt) };
  if (next.movedBy.length === 0)
    return {
      ...about,
      plannedAt,
      state: 'planned',
      ...(due.reason === undefined ? {} : { reason: due.reason }),
    };
  const reason = bilingualBecauseOfShift({
    wanted: now.setZone(next.at.zone),
    at: next.at,
    movedBy: next.movedBy,
  });
  return { ...about, plannedAt: next.at, state: 'planned', ...(reason === undefined ? {} : { reason }) };
}

function inBoth(french: Because, english: Because | undefined): StepReason {
  const { text, ...reason } = french;
  return { ...reason, text: { fr: text, en: english?.text ?? text } };
}

/** A moment found for a step; `reason` says why it is not the wished one. */
export interface MomentFound {
  readonly at: DateTime;
  readonly reason: StepReason | undefined;
}

/** Bounds the search for an open day: no calendar closes so many in a row. */
const MOST_DAYS = 31;

/** Returns the first lawful day, from `wanted` on, at the same hour; the first lawful moment when that hour never is. */
export function nextAtTheSameHour(
  wanted: DateTime,
  { locality, profile }: Pick<PlacedQuestion, 'locality' | 'profile'>,
): DateTime | undefined {
  const conditions = { locality, profile };
  const hour = wanted.toFormat('HH:mm');
  for (let days = 0; days < MOST_DAYS; days += 1) {
    const at = wallTime(wanted.plus({ days }), hour);
    if (at >= wanted && closuresAt(at, conditions).length === 0) return at;
  }
  return nextLawful(wanted, conditions)?.at;
}

/** Returns the first day from `since` on at that hour, lawful or not. */
export function nextHour(since: DateTime, hour: string): DateTime {
  const today = wallTime(since, hour);
  return today >= since ? today : wallTime(since.plus({ days: 1 }), hour);
}

/** Returns the lawful moment for a wish, else the first lawful day after it; undefined outside the bounds. */
export function lawfulWithin(
  question: PlacedQuestion,
  wanted: DateTime,
  { from, until }: Pick<NoticeBounds, 'from' | 'until'>,
): MomentFound | undefined {
  const { locality, profile, eventAt } = question;
  const conditions = { locality, profile };
  const moved = wanted < until ? movedWish({ wanted, eventAt, conditions }, { from, until }) : undefined;
  if (moved !== undefined) return { at: moved.at, reason: moved.because };
  const later = nextAtTheSameHour(
    wanted < from ? nextHour(from.setZone(wanted.zone), wanted.toFormat('HH:mm')) : wanted,
    question,
  );
  if (later === undefined || later >= until || later < from) return undefined;
  const movedBy = lastLawfulBefore(wanted, conditions)?.movedBy ?? [];
  return { at: later, reason: bilingualBecauseOfShift({ wanted, at: later, movedBy }) };
}

/** The bounds of a moment besides the law, and the rule that requires one message inside; `until` is excluded. */
export interface NoticeBounds {
  readonly from: DateTime;
  readonly until: DateTime;
  readonly ruleId: 'REN-01' | 'REN-03';
}

/**
 * Returns the period in which one message of a renewal must be sent, on the recipient's calendar; undefined without
 * automatic renewal.
 */
export function noticeBounds(
  { tacit, refuseBy, regime }: SubscriptionTerms,
  timeZone: string,
): NoticeBounds | undefined {
  if (!tacit || refuseBy === null) return undefined;
  const dayAfter = (on: string): DateTime => startOfDate(on, timeZone).plus({ days: 1 });
  if (regime === 'insurance')
    return {
      ruleId: 'REN-03',
      from: DateTime.fromMillis(0, { zone: timeZone }),
      until: dayAfter(insuranceNoticeLastOn(refuseBy)),
    };
  const { firstOn, lastOn } = noticeDates(refuseBy);
  return { ruleId: 'REN-01', from: startOfDate(firstOn, timeZone), until: dayAfter(lastOn) };
}

export const startOfDate = (on: string, timeZone: string): DateTime =>
  DateTime.fromISO(on, { zone: timeZone }).startOf('day');

/** Days before the deadline at which a missing letter is reported. */
const NOTICE_ALARM_DAYS = 45;

/**
 * Returns the moment at which the back office is notified of a missing legal notice; undefined when it is not
 * missing, or was reported.
 */
export function noticeAlarmAt({
  terms,
  eventZone,
  legalNotice,
  noticeMissingAt,
  state,
}: Pick<Series, 'terms' | 'eventZone' | 'legalNotice' | 'noticeMissingAt' | 'state'>): DateTime | undefined {
  if (terms.kind !== 'subscription' || !terms.tacit || terms.refuseBy === null) return undefined;
  if (legalNotice || noticeMissingAt !== null || !isLive(state)) return undefined;
  return startOfDate(terms.refuseBy, eventZone).minus({ days: NOTICE_ALARM_DAYS });
}
