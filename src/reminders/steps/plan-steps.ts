import type { DateTime } from 'luxon';
import {
  dayIn,
  decide,
  nextLawful,
  bilingualBecauseOfShift,
  type Because,
  planReminder,
  tooLateFrom,
  defaultProfile,
  profileNamed,
  type Profile,
  type Locality,
} from '../../law/index.ts';
import type { PlanQuestion, PlannedStep } from './planned-step.ts';
import { oneInTwelveHours, onTheDayItself } from './step-company.ts';
import { excludedBy, changedLate, ending, missed, type StepReason } from '../series/reason.ts';
import { wantedAt, type StepWish } from './step-offset.ts';

/** The profile of every reminder. */
export const REMINDER_PROFILE = defaultProfile('appointment');

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

/** Returns the recipient's zone. */
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

/** The same, once eligibility and place are known. */
export interface PlacedQuestion extends StepQuestion {
  readonly locality: Locality;
  readonly profile: Profile;
}

/** A step and its wish. */
export type WishedStep = Pick<PlannedStep, 'position' | 'step' | 'wantedAt' | 'eventAt'>;

/** Plans a step before its event, by the law's planner. */
export function beforeEvent(question: StepQuestion, about: WishedStep): PlannedStep {
  const placed = placedOr(question);
  if ('code' in placed) return skipped(about, placed);
  const { purpose, locality, eventAt, now, plannedSince } = placed;
  const { position, wantedAt: wanted } = about;
  const mayBeLate = plannedSince?.has(position) === true || !isSettledLate(placed, position);
  const plan = planReminder({
    purpose,
    profile: REMINDER_PROFILE,
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
  const { locality, exclusion, eventAt, now } = question;
  const profile = profileNamed(REMINDER_PROFILE);
  if (exclusion !== null) return excludedBy(exclusion);
  if (eventAt <= now) return ending('PAST');
  if (locality === undefined || profile === undefined) return excludedBy('PLACE_UNKNOWN');
  return { ...question, locality, profile };
}

/** Builds a step that will not be sent. */
export const skipped = (about: WishedStep, reason: StepReason): PlannedStep => ({
  ...bare(about),
  state: 'skipped',
  reason,
});

/** Removes the plan from a step. */
export const bare = (about: WishedStep): WishedStep => ({
  position: about.position,
  step: about.step,
  wantedAt: about.wantedAt,
  ...(about.eventAt === undefined ? {} : { eventAt: about.eventAt }),
});

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

/** A computed moment must be lawful and before the event: the law decides last. */
function doubtOf({ purpose, locality, eventAt }: PlacedQuestion, at: DateTime): StepReason | undefined {
  const question = { purpose, profile: REMINDER_PROFILE, at, locality, eventAt };
  const { verdict, because } = decide(question);
  if (verdict === 'allow') return undefined;
  return because === undefined
    ? ending('PAST')
    : inBoth(because, decide({ ...question, language: 'en' }).because);
}

/** Makes up for a moment missed by an outage or a pause: the next lawful one, while enough time is left. */
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

/** A reason in both languages. */
function inBoth(french: Because, english: Because | undefined): StepReason {
  const { text, ...reason } = french;
  return { ...reason, text: { fr: text, en: english?.text ?? text } };
}
