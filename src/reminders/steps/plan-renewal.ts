import type { DateTime } from 'luxon';
import { dayIn, PLAN_FLOOR_MINUTES, type IfLate } from '../../law/index.ts';
import {
  lawfulWithin,
  nextAtTheSameHour,
  nextHour,
  bare,
  beforeEvent,
  placedOr,
  plannedStepFor,
  skipped,
  zoneOf,
  noticeBounds,
  type MomentFound,
  type WishedStep,
  type PlacedQuestion,
  type StepQuestion,
  type NoticeBounds,
} from './plan-steps.ts';
import { DATE_HOUR, wantedOn, oneInTwelveHours, type PlannedStep, type StepWish } from './planned-step.ts';
import { enoughWith, movedIntoNotice } from '../series/reason.ts';
import { countedFrom, type SubscriptionTerms } from '../series/series.ts';

/** The facts that decide when the reminders of one contract are sent. */
export interface RenewalQuestion extends StepQuestion {
  readonly plan: readonly StepWish[];
  readonly terms: SubscriptionTerms;
  /** Positions with a settled outcome: not planned again. */
  readonly settled: ReadonlySet<number>;
  /** The moments at which messages with these very dates were sent, or will be. */
  readonly saidAt: readonly DateTime[];
  readonly left: readonly DateTime[];
  readonly correctionAt: DateTime | undefined;
}

/** Plans each reminder; one of them inside the bounds that the law sets, unless that time has passed. */
export function planRenewal(question: RenewalQuestion): readonly PlannedStep[] {
  const saidBefore = question.saidBefore === true || question.saidAt.length > 0;
  const steps = (ifLate: IfLate | undefined): PlannedStep[] =>
    abouts(question).map((about) => beforeEvent({ ...question, saidBefore, ifLate }, about));
  const late = steps(question.ifLate);
  const placed = placedOr(question);
  const bounds = noticeBounds(question.terms, zoneOf(question));
  if ('code' in placed || bounds === undefined || placed.now >= bounds.until) return apart(late, question);
  const saidInside = question.saidAt.some((at) => at >= bounds.from && at < bounds.until);
  return apart(saidInside ? late : withNotice(placed, { steps: steps('skip'), late, bounds }), question);
}

const apart = (steps: readonly PlannedStep[], question: RenewalQuestion): readonly PlannedStep[] =>
  oneInTwelveHours(steps, question);

function abouts({ plan, terms, settled, ...question }: RenewalQuestion): WishedStep[] {
  const zone = zoneOf(question);
  return plan.flatMap((wish, position) =>
    settled.has(position)
      ? []
      : [{ position, step: wish.offset, wantedAt: wantedOn(wish, countedFrom(terms), zone) }],
  );
}

interface Noticing {
  /** Steps booked too late for their wish are skipped. */
  readonly steps: readonly PlannedStep[];
  /** The same steps, planned as if no message were due inside the bounds. */
  readonly late: readonly PlannedStep[];
  readonly bounds: NoticeBounds;
}

/** Wishes inside stay inside; when there are none, the nearest wish moves in, and replaces late ones. */
function withNotice(placed: PlacedQuestion, { steps, late, bounds }: Noticing): readonly PlannedStep[] {
  const kept = steps.map((step) => keptInside(placed, step, bounds) ?? step);
  if (kept.some((step) => isInside(step, bounds)))
    return kept.map((step, turn) => (isTooLate(step) ? (late[turn] ?? step) : step));
  const nearest = steps.toSorted((one, other) => distance(one, bounds) - distance(other, bounds))[0];
  const moved = nearest && movedInside(placed, nearest, bounds);
  const at = moved?.plannedAt;
  if (moved === undefined || at === undefined) return late;
  return steps.map((step) => {
    if (step === nearest) return moved;
    return isTooLate(step) ? skipped(bare(step), enoughWith(at)) : step;
  });
}

const isTooLate = ({ state, reason }: PlannedStep): boolean =>
  state === 'skipped' && reason?.code === 'LATE_BOOKING';

const isInside = ({ state, plannedAt }: PlannedStep, { from, until }: NoticeBounds): boolean =>
  state === 'planned' && plannedAt !== undefined && plannedAt >= from && plannedAt < until;

/** Moves a step later at the early bound, and earlier at the late bound. */
function keptInside(
  placed: PlacedQuestion,
  step: PlannedStep,
  bounds: NoticeBounds,
): PlannedStep | undefined {
  if (step.wantedAt < bounds.from || step.wantedAt >= bounds.until) return undefined;
  const floor = floorOf(placed, step);
  if (step.wantedAt < floor) return undefined;
  const found = lawfulWithin(placed, step.wantedAt, { from: later(bounds.from, floor), until: bounds.until });
  return found && plannedStepFor(placed, bare(step), found);
}

/** Moves a step into the bounds: a late wish to their end; an early or past one to the next lawful hour. */
function movedInside(
  placed: PlacedQuestion,
  step: PlannedStep,
  bounds: NoticeBounds,
): PlannedStep | undefined {
  const from = later(bounds.from, floorOf(placed, step));
  const hour = step.wantedAt.toFormat('HH:mm');
  const next = step.wantedAt < bounds.until ? nextAtTheSameHour(nextHour(from, hour), placed) : undefined;
  const at =
    next !== undefined && next < bounds.until
      ? next
      : lawfulWithin(placed, later(lastDayAt(bounds, hour), from), { from, until: bounds.until })?.at;
  return at && plannedStepFor(placed, bare(step), movedTo(step, at, bounds));
}

const movedTo = ({ wantedAt }: PlannedStep, at: DateTime, { ruleId }: NoticeBounds): MomentFound => ({
  at,
  reason: movedIntoNotice({ wanted: wantedAt, at, ruleId }),
});

function lastDayAt({ until }: NoticeBounds, hour: string): DateTime {
  const last = until.minus({ milliseconds: 1 });
  const at = nextHour(last.startOf('day'), hour);
  return at < until ? at : nextHour(last.startOf('day'), DATE_HOUR);
}

function floorOf({ plannedSince, now, locality }: PlacedQuestion, { position }: PlannedStep): DateTime {
  const since = (plannedSince?.get(position) ?? now).setZone(locality.timeZone);
  return since.plus({ minutes: PLAN_FLOOR_MINUTES.on(dayIn(since, locality.timeZone)) });
}

const later = (one: DateTime, other: DateTime): DateTime => (one > other ? one : other);

/** Returns the distance of a wish from the bounds, in milliseconds. */
function distance({ wantedAt }: PlannedStep, { from, until }: NoticeBounds): number {
  if (wantedAt < from) return from.toMillis() - wantedAt.toMillis();
  return wantedAt < until ? 0 : wantedAt.toMillis() - until.toMillis();
}
