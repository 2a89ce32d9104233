import type { DateTime } from 'luxon';
import type { PlannedStep, PlanQuestion } from './planned-step.ts';
import { collapsed, notSameDay } from '../series/reason.ts';
import { isSameDay } from './step-offset.ts';

/** Minimum hours between two messages about one event. */
const APART_HOURS = 12;

/** Skips a step for the day itself that can only be sent before it, when another reminder suffices. */
export function onTheDayItself(
  steps: readonly PlannedStep[],
  { eventAt, left, correctionAt }: PlanQuestion,
): readonly PlannedStep[] {
  const early = new Set(steps.filter((step) => leavesADayEarly(step, eventAt)));
  const others = steps.filter((step) => step.state === 'planned' && !early.has(step));
  if (others.length === 0 && left.length === 0 && correctionAt === undefined) return steps;
  return steps.map((step) => (early.has(step) ? skipped(step, notSameDay(step.wantedAt)) : step));
}

/** The day is that of the event's place. */
const leavesADayEarly = (step: PlannedStep, eventAt: DateTime): boolean =>
  step.state === 'planned' &&
  step.plannedAt !== undefined &&
  isSameDay(step.step) &&
  step.plannedAt.setZone(eventAt.zone).toISODate() !== eventAt.toISODate();

/** Keeps one message in twelve hours: sent ones and corrections stay, else the later one. */
export function oneInTwelveHours(
  steps: readonly PlannedStep[],
  { now, left, correctionAt }: Pick<PlanQuestion, 'now' | 'left' | 'correctionAt'>,
): readonly PlannedStep[] {
  const fixed = correctionAt === undefined ? left : [...left, correctionAt];
  const kept: DateTime[] = [];
  const verdicts = new Map<number, DateTime>();
  for (const step of steps.filter(({ state }) => state === 'planned').toSorted(latestFirst(now))) {
    const at = departure(step, now);
    const near = [...fixed, ...kept].find((other) => Math.abs(at.diff(other).as('hours')) < APART_HOURS);
    if (near === undefined) kept.push(at);
    else verdicts.set(step.position, near);
  }
  return steps.map((step) => {
    const near = verdicts.get(step.position);
    return near === undefined ? step : skipped(step, collapsed(near.setZone(step.wantedAt.zone)));
  });
}

/** A missed moment is made up for now. */
const departure = ({ plannedAt, wantedAt }: PlannedStep, now: DateTime): DateTime => {
  const at = plannedAt ?? wantedAt;
  return at < now ? now : at;
};

const latestFirst =
  (now: DateTime) =>
  (one: PlannedStep, other: PlannedStep): number =>
    departure(other, now).toMillis() - departure(one, now).toMillis() ||
    other.wantedAt.toMillis() - one.wantedAt.toMillis() ||
    other.position - one.position;

function skipped(
  { position, step, wantedAt, eventAt }: PlannedStep,
  reason: PlannedStep['reason'],
): PlannedStep {
  return {
    position,
    step,
    wantedAt,
    ...(eventAt === undefined ? {} : { eventAt }),
    state: 'skipped',
    ...(reason === undefined ? {} : { reason }),
  };
}
