import { DateTime } from 'luxon';
import {
  afterEvent,
  noneLeft,
  tooNear,
  nextLawful,
  latestDeparture,
  PLAN_FLOOR_MINUTES,
  type IfLate,
} from '../../law/index.ts';
import { dayIn } from '../../rule/index.ts';
import { alreadySaid, excludedBy, ending, enoughWith, movedIntoNotice } from '../series/reason.ts';
import {
  SCHEDULE_POSITION,
  paidAt,
  type Instalment,
  type Paid,
  type PaymentTerms,
  countedFrom,
  type SubscriptionTerms,
} from '../series/series.ts';
import {
  lawfulWithin,
  beforeEvent,
  placedOr,
  plannedStepFor,
  zoneOf,
  startOfDate,
  type StepQuestion,
  nextAtTheSameHour,
  nextHour,
  noticeBounds,
  type MomentFound,
  type PlacedQuestion,
  type NoticeBounds,
} from './plan-steps.ts';
import {
  bare,
  isAfter,
  skipped,
  type WishedStep,
  wantedOn,
  oneInTwelveHours,
  type PlannedStep,
  type StepWish,
  DATE_HOUR,
} from './planned-step.ts';

/** The facts that decide when the messages of one payment plan are sent. */
export interface PaymentQuestion extends StepQuestion {
  readonly plan: readonly StepWish[];
  readonly terms: PaymentTerms;
  readonly paid: readonly Paid[];
  /** Hexadecimal digest of the plan in force. */
  readonly facts: string;
  /** The first filing: instalments due before it are not asked for. */
  readonly filedAt: DateTime;
  /** The last change of the plan. */
  readonly changedAt: DateTime;
  readonly settled: ReadonlySet<number>;
  /** Oldest first. */
  readonly said: readonly {
    readonly step: string;
    /** Hexadecimal digest of the plan in it. */
    readonly facts: string;
    /** ISO instant at which its instalment is over. */
    readonly eventAt: string;
    readonly at: DateTime;
  }[];
}

/** Days after its date in which a reminder of a payment still makes sense. */
const GENTLE_DAYS = 14;

/** Plans the schedule when it changed, then each instalment by itself; in the order of positions. */
export function planPayments(question: PaymentQuestion): readonly PlannedStep[] {
  const steps = question.terms.instalments.flatMap((instalment, index) => {
    const wishes = question.plan.flatMap((wish, turn) => {
      const position = index * question.plan.length + turn;
      return question.settled.has(position) ? [] : [instalmentStep(question, { instalment, wish, position })];
    });
    const left = question.said.filter(({ step }) => step.startsWith(`${instalment.number}/`));
    return oneInTwelveHours(wishes, {
      now: question.now,
      left: left.map(({ at }) => at),
      correctionAt: undefined,
    });
  });
  const schedule = scheduleStep(question);
  return schedule === undefined ? steps : [...withoutLate(steps, schedule), schedule];
}

/** Skips late reminders of single dates beside a schedule, which names them all. */
function withoutLate(steps: readonly PlannedStep[], { state, plannedAt }: PlannedStep): PlannedStep[] {
  return steps.map((step) =>
    state === 'planned' && plannedAt !== undefined && leavesLate(step)
      ? skipped(bare(step), enoughWith(plannedAt))
      : step,
  );
}

const leavesLate = ({ state, reason }: PlannedStep): boolean =>
  state === 'planned' && reason?.code === 'LATE_BOOKING';

export const SCHEDULE = 'schedule';

const dueEnd = ({ dueOn }: Instalment, timeZone: string): DateTime =>
  startOfDate(dueOn, timeZone).plus({ days: 1 });

/** Returns the moment from which nothing of a plan can matter any more. */
export function planEnd(
  { instalments }: PaymentTerms,
  { plan, timeZone }: { readonly plan: readonly StepWish[]; readonly timeZone: string },
): DateTime {
  const last = lastDue(instalments);
  const after = plan
    .filter(({ offset }) => isAfter(offset))
    .map((wish) => wantedOn(wish, last, timeZone).plus({ days: GENTLE_DAYS }));
  return DateTime.max(lastDueEnd(instalments, timeZone), ...after);
}

export const lastDueEnd = (instalments: readonly Pick<Instalment, 'dueOn'>[], timeZone: string): DateTime =>
  dueEnd({ number: 0, dueOn: lastDue(instalments) }, timeZone);

const lastDue = (instalments: readonly Pick<Instalment, 'dueOn'>[]): string =>
  instalments
    .map(({ dueOn }) => dueOn)
    .toSorted()
    .at(-1) ?? '1970-01-01';

function instalmentStep(
  question: PaymentQuestion,
  {
    instalment,
    wish,
    position,
  }: { readonly instalment: Instalment; readonly wish: StepWish; readonly position: number },
): PlannedStep {
  const zone = zoneOf(question);
  const wantedAt = wantedOn(wish, instalment.dueOn, zone);
  const due = dueEnd(instalment, zone);
  const eventAt = isAfter(wish.offset) ? wantedAt.plus({ days: GENTLE_DAYS }) : due;
  const about = { position, step: `${instalment.number}/${wish.offset}`, wantedAt, eventAt };
  if (paidAt(question.paid, instalment) !== undefined) return skipped(about, ending('PAID'));
  if (due <= question.filedAt)
    return skipped(about, question.exclusion === null ? ending('PAST') : excludedBy(question.exclusion));
  const before = question.said.findLast(
    (one) => one.step === about.step && Date.parse(one.eventAt) === eventAt.toMillis(),
  );
  if (before !== undefined) return skipped(about, alreadySaid(before.at.setZone(zone)));
  const step = { ...question, eventAt, saidBefore: wasSaid(question, instalment) };
  return isAfter(wish.offset) ? gentleStep(step, { about, due }) : beforeEvent(step, about);
}

/** Says whether this date was announced, alone or within the current schedule. */
const wasSaid = ({ said, facts }: PaymentQuestion, { number }: Instalment): boolean =>
  said.some((one) => one.step.startsWith(`${number}/`) || (one.step === SCHEDULE && one.facts === facts));

/** Plans a reminder after the date: never on it, and not so late that it surprises. */
function gentleStep(
  question: StepQuestion,
  { about, due }: { readonly about: WishedStep; readonly due: DateTime },
): PlannedStep {
  const placed = placedOr(question);
  if ('code' in placed) return skipped(about, placed);
  const since = (placed.plannedSince?.get(about.position) ?? placed.now).plus({
    minutes: PLAN_FLOOR_MINUTES.on(dayIn(about.wantedAt, placed.locality.timeZone)),
  });
  if (about.wantedAt < since) return beforeEvent(question, about);
  const found = lawfulWithin(placed, about.wantedAt, {
    from: since > due ? since : due,
    until: question.eventAt,
  });
  return found === undefined
    ? skipped(about, afterEvent(about.wantedAt))
    : plannedStepFor(placed, about, found);
}

/** Plans the message that announces the plan; undefined when the last announcement is still true. */
function scheduleStep(question: PaymentQuestion): PlannedStep | undefined {
  const { terms, settled, said, facts, changedAt } = question;
  if (!terms.announce || settled.has(SCHEDULE_POSITION)) return undefined;
  const zone = zoneOf(question);
  const wantedAt = changedAt.setZone(zone).startOf('minute');
  const about = { position: SCHEDULE_POSITION, step: SCHEDULE, wantedAt };
  const last = said.findLast(({ step }) => step === SCHEDULE);
  if (last?.facts === facts)
    return question.plannedSince?.has(SCHEDULE_POSITION) === true
      ? skipped(about, alreadySaid(last.at.setZone(zone)))
      : undefined;
  const eventAt = lastOwed(question, zone);
  if (eventAt === undefined) return skipped(about, ending('PAID'));
  return announced({ ...question, eventAt }, { ...about, eventAt });
}

function announced(
  question: StepQuestion & { readonly changedAt: DateTime },
  about: WishedStep,
): PlannedStep {
  const placed = placedOr(question);
  if ('code' in placed) return skipped(about, placed);
  const since = placed.plannedSince?.get(about.position) ?? placed.now;
  const { timeZone } = placed.locality;
  const settling = PLAN_FLOOR_MINUTES.on(dayIn(question.changedAt, timeZone));
  const settledAt = question.changedAt.plus({ minutes: settling });
  const next = nextLawful(settledAt > since ? settledAt : since, placed);
  if (next === undefined) return skipped(about, noneLeft(about.wantedAt));
  if (next.at > latestDeparture(about.wantedAt, question.eventAt, dayIn(about.wantedAt, timeZone)))
    return skipped(about, tooNear(about.wantedAt, next.at));
  return plannedStepFor(placed, about, { at: next.at, reason: undefined });
}

function lastOwed({ terms, paid }: PaymentQuestion, zone: string): DateTime | undefined {
  const open = terms.instalments.filter((instalment) => paidAt(paid, instalment) === undefined);
  return open.length === 0 ? undefined : DateTime.max(...open.map((one) => dueEnd(one, zone)));
}

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
    wishedSteps(question).map((about) => beforeEvent({ ...question, saidBefore, ifLate }, about));
  const late = steps(question.ifLate);
  const placed = placedOr(question);
  const bounds = noticeBounds(question.terms, zoneOf(question));
  if ('code' in placed || bounds === undefined || placed.now >= bounds.until)
    return keptApart(late, question);
  const saidInside = question.saidAt.some((at) => at >= bounds.from && at < bounds.until);
  return keptApart(saidInside ? late : withNotice(placed, { steps: steps('skip'), late, bounds }), question);
}

const keptApart = (steps: readonly PlannedStep[], question: RenewalQuestion): readonly PlannedStep[] =>
  oneInTwelveHours(steps, question);

function wishedSteps({ plan, terms, settled, ...question }: RenewalQuestion): WishedStep[] {
  const zone = zoneOf(question);
  return plan.flatMap((wish, position) =>
    settled.has(position)
      ? []
      : [{ position, step: wish.offset, wantedAt: wantedOn(wish, countedFrom(terms), zone) }],
  );
}

/** Keeps the wishes that lie inside the bounds there; where none does, the nearest moves in, and replaces late ones. */
function withNotice(
  placed: PlacedQuestion,
  about: {
    /** Steps booked too late for their wish are skipped. */
    readonly steps: readonly PlannedStep[];
    /** The same steps, planned as if no message were due inside the bounds. */
    readonly late: readonly PlannedStep[];
    readonly bounds: NoticeBounds;
  },
): readonly PlannedStep[] {
  const { steps, late, bounds } = about;
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

/** Keeps a step inside the bounds: moves it later at the early bound, and earlier at the late one. */
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
