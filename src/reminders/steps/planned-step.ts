import { DateTime, Duration } from 'luxon';
import type { ExclusionReason } from '../../words/index.ts';
import { wallTime, type IfLate } from '../../law/index.ts';
import type { Purpose, Locality } from '../../rule/index.ts';
import { collapsed, notSameDay, type StepReason } from '../series/reason.ts';

/** The facts that decide when the reminders of one event are sent; every moment is an argument. */
export interface PlanQuestion {
  readonly plan: readonly StepWish[];
  /** Positions with a settled outcome: not planned again. */
  readonly settled?: ReadonlySet<number>;
  readonly purpose: Purpose;
  /** In the zone where it happens. */
  readonly eventAt: DateTime;
  /** The recipient's place; undefined when it is unknown. */
  readonly locality: Locality | undefined;
  /** The law clock. */
  readonly now: DateTime;
  /** The start of a position's plan; a moment missed since then is made up for. */
  readonly plannedSince?: ReadonlyMap<number, DateTime>;
  /** What happens to a step whose event was booked too late for its wish. */
  readonly ifLate?: IfLate | undefined;
  /** Positions that were skipped for a reason that a late departure would not cure. */
  readonly skippedBefore?: ReadonlySet<number>;
  /** True when a message of this event was sent already: a step that a change makes late is left to the correction. */
  readonly saidBefore?: boolean;
  /** The reason why the person is not eligible at all; null when they are. */
  readonly exclusion: ExclusionReason | null;
  /** The moments at which messages of this event were sent. */
  readonly left: readonly DateTime[];
  /** The moment of a correction; it replaces reminders within half a day. */
  readonly correctionAt?: DateTime | undefined;
}

export interface PlannedStep {
  readonly position: number;
  readonly step: string;
  readonly wantedAt: DateTime;
  /** The event in its text, when it differs from the series' own. */
  readonly eventAt?: DateTime;
  /** Set while `planned`, and kept by an `expired` step. */
  readonly plannedAt?: DateTime;
  readonly state: 'planned' | 'skipped' | 'expired';
  /** Always given unless planned at the wished moment. */
  readonly reason?: StepReason;
}

/** A reminder's wished offset before the event, and its local time. */
export interface StepWish {
  /** An ISO 8601 duration, as `P2D` or `PT2H`; `-P3D` is three days after. */
  readonly offset: string;
  /** `HH:MM` in the recipient's zone; the event's own local time when absent. */
  readonly at?: string;
}

const OFFSET = /^P(?=\d|T\d)(?:\d{1,2}M)?(?:\d{1,2}W)?(?:\d{1,3}D)?(?:T(?=\d)(?:\d{1,3}H)?(?:\d{1,4}M)?)?$/;
const LONGEST_DAYS = 366;

/** One reminder, two days before the appointment. */
export const DEFAULT_APPOINTMENT_PLAN: readonly StepWish[] = [{ offset: 'P2D' }];

/** One reminder, two months before the renewal. */
export const DEFAULT_RENEWAL_PLAN: readonly StepWish[] = [{ offset: 'P2M' }];

/** One reminder, three days before each instalment is due. */
export const DEFAULT_PAYMENT_PLAN: readonly StepWish[] = [{ offset: 'P3D' }];

/** Says whether a wish can be planned: a span of a year at most, in hours only without `at`. */
export function isStepWish({ offset, at }: StepWish): boolean {
  if (!OFFSET.test(offset)) return false;
  const span = Duration.fromISO(offset);
  const days = span.as('days');
  if (at !== undefined && isHourly(offset)) return false;
  return days <= LONGEST_DAYS && (days > 0 || at !== undefined);
}

const DATE_OFFSET = /^P(?=\d)(?:\d{1,2}M)?(?:\d{1,2}W)?(?:\d{1,3}D)?$/;

/** Says whether a wish counts whole days before a date, a year at most. */
export const isDateWish = ({ offset }: StepWish): boolean =>
  DATE_OFFSET.test(offset) && Duration.fromISO(offset).as('days') <= LONGEST_DAYS;

/** Says the same of a payment, which may also be reminded of some days after its date. */
export const isPaymentWish = (wish: StepWish): boolean =>
  isAfter(wish.offset)
    ? isDateWish({ offset: wish.offset.slice(1) }) && Duration.fromISO(wish.offset).as('days') < 0
    : isDateWish(wish);

/** Says whether a wish lies after its date. */
export const isAfter = (offset: string): boolean => offset.startsWith('-');

/** Says whether a wish counts hours and minutes alone. */
function isHourly(offset: string): boolean {
  return offset.startsWith('PT');
}

/** Says whether a wish counts less than a day in hours: then it means the day of the event itself. */
function isSameDay(offset: string): boolean {
  return isHourly(offset) && Duration.fromISO(offset).as('hours') < 24;
}

/**
 * Returns the wished moment of a reminder of an appointment. An appointment is an hour, not a date: `P1D` is the
 * day before at the same local time, which on the days of a clock change is not `PT24H`. With `at`, the date counts
 * and the recipient's clock shows `at`.
 */
export function wantedAt({ offset, at }: StepWish, event: DateTime, recipientZone: string): DateTime {
  const { years, months, weeks, days, hours, minutes, seconds } = Duration.fromISO(offset);
  const date = event.startOf('day').minus({ years, months, weeks, days });
  if (at !== undefined) return wallTime(onDateIn(recipientZone, date), at);
  const day = wallTime(date, event.toFormat('HH:mm'));
  return day.minus({ hours, minutes, seconds });
}

/** The local time of reminders of a date, by default. */
export const DATE_HOUR = '10:00';

/** Returns the wished moment of a reminder of a date; a shorter month gives its last day. */
export function wantedOn({ offset, at }: StepWish, on: string, recipientZone: string): DateTime {
  const { months, weeks, days } = Duration.fromISO(offset);
  const date = DateTime.fromISO(on, { zone: 'utc' }).minus({ months, weeks, days });
  return wallTime(onDateIn(recipientZone, date), at ?? DATE_HOUR);
}

const onDateIn = (zone: string, { year, month, day }: DateTime): DateTime =>
  DateTime.fromObject({ year, month, day, hour: 12 }, { zone });

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

/** Says whether a step for the event's own day, at its place, would be sent on an earlier one. */
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
  const replacedBy = new Map<number, DateTime>();
  for (const step of steps.filter(({ state }) => state === 'planned').toSorted(latestFirst(now))) {
    const at = departure(step, now);
    const near = [...fixed, ...kept].find((other) => Math.abs(at.diff(other).as('hours')) < APART_HOURS);
    if (near === undefined) kept.push(at);
    else replacedBy.set(step.position, near);
  }
  return steps.map((step) => {
    const near = replacedBy.get(step.position);
    return near === undefined ? step : skipped(step, collapsed(near.setZone(step.wantedAt.zone)));
  });
}

/** Returns when a step is sent: now, where its moment was missed. */
const departure = ({ plannedAt, wantedAt: wanted }: PlannedStep, now: DateTime): DateTime => {
  const at = plannedAt ?? wanted;
  return at < now ? now : at;
};

const latestFirst =
  (now: DateTime) =>
  (one: PlannedStep, other: PlannedStep): number =>
    departure(other, now).toMillis() - departure(one, now).toMillis() ||
    other.wantedAt.toMillis() - one.wantedAt.toMillis() ||
    other.position - one.position;

/** A step not yet placed: the wished instant and that of its event. */
export type WishedStep = Pick<PlannedStep, 'position' | 'step' | 'wantedAt' | 'eventAt'>;

export const skipped = (about: WishedStep, reason: StepReason): PlannedStep => ({
  ...bare(about),
  state: 'skipped',
  reason,
});

export const bare = ({ position, step, wantedAt: wanted, eventAt }: WishedStep): WishedStep => ({
  position,
  step,
  wantedAt: wanted,
  ...(eventAt === undefined ? {} : { eventAt }),
});
