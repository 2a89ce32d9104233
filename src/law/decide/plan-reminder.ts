import { DateTime } from 'luxon';
import {
  becauseOfShift,
  momentInWords,
  type BilingualBecause,
  type Shift,
  type Question,
  type Closure,
  type Conditions,
} from './decision.ts';
import { dayIn, type Day, knownZone } from '../../rule/index.ts';
import { commonOpening, commonWindow } from './opening.ts';
import { doubts, type Doubt, eachZone, assessInputs } from './decision-inputs.ts';
import { lastLawfulBefore, nextLawful } from './lawful-moment.ts';
import { defaultProfile } from '../profile.ts';
import {
  LEAST_LEAD_MINUTES,
  LEAST_SHARE_LEFT,
  PLAN_FLOOR_MINUTES,
  REMINDERS_MOVE,
  SHORT_LEAD_MINUTES,
  USUAL_IF_LATE,
  reminderHours,
  type IfLate,
} from '../chapters/windows.ts';
import { wallTime } from '../chapters/recipient.ts';
import { bilingual, inEachLanguage, type Words } from '../../words/index.ts';

const MINUTE_MS = 60_000;

/** The facts that decide when one reminder is sent. The clock is not read: `since` is given. */
interface ReminderQuestion extends Pick<
  Question,
  'purpose' | 'profile' | 'locality' | 'eventAt' | 'marginMs' | 'rulesOn'
> {
  /** The wished moment. */
  readonly wanted: DateTime;
  /** The moment of booking, by the law clock. */
  readonly since: DateTime;
  readonly ifLate?: IfLate | undefined;
}

/** The moment of a reminder, or the reason why it is not sent. */
export type ReminderPlan =
  | ({ readonly kind: 'planned' } & MovedWish)
  | { readonly kind: 'late' | 'after-event'; readonly because: BilingualBecause }
  | Doubt;

/** The lawful moment found for a wished one; `movedBy` is empty when they are equal. */
interface MovedWish {
  readonly at: DateTime;
  readonly movedBy: readonly Closure[];
  readonly because?: BilingualBecause | undefined;
}

/**
 * Plans one reminder, for bookings, rehearsals and decisions alike (WIN-04). The answer depends on the moment of
 * booking and not on the current one, so a later question about the same booking has the same answer.
 */
export function planReminder(question: ReminderQuestion): ReminderPlan {
  const { wanted, eventAt, since } = question;
  const assessment = assessAt(question, wanted);
  if (assessment.kind === 'doubt') return assessment;
  if (eventAt !== undefined && wanted >= eventAt) return { kind: 'after-event', because: afterEvent(wanted) };
  const { locality, marginMs, rulesOn } = question;
  const conditions = { profile: assessment.profile, locality, marginMs, rulesOn };
  const floor = since.plus({ minutes: PLAN_FLOOR_MINUTES.on(dayOfNumbers(question)) });
  const moved = wanted < floor ? undefined : movedWish({ wanted, eventAt, conditions }, { from: floor });
  const plan =
    moved === undefined ? planLate(question, conditions, floor) : ({ kind: 'planned', ...moved } as const);
  return plan.kind === 'planned' ? reassess(question, plan) : plan;
}

/** Returns the day on which the numbers of the law are read: `rulesOn`, else that of the wish at the recipient's. */
const dayOfNumbers = ({
  wanted,
  rulesOn,
  locality,
}: Pick<Conditions, 'rulesOn' | 'locality'> & { readonly wanted: DateTime }): Day =>
  rulesOn ?? dayIn(wanted, locality.timeZone);

const assessAt = (
  {
    purpose,
    profile = defaultProfile(purpose),
    locality,
    eventAt,
    since,
    marginMs,
    rulesOn,
  }: ReminderQuestion,
  at: DateTime,
): ReturnType<typeof assessInputs> =>
  assessInputs({
    purpose,
    profile,
    at,
    locality,
    // The database may pass no moment of booking at all: that is a doubt, and must not be left out.
    ends: [eventAt, DateTime.isDateTime(since) ? since : DateTime.invalid('missing')],
    ...(marginMs === undefined ? {} : { marginMs }),
    ...(rulesOn === undefined ? {} : { rulesOn }),
  });

/** Assesses the planned moment too: its day may be one of which less is known. */
function reassess(
  question: ReminderQuestion,
  plan: ReminderPlan & { readonly kind: 'planned' },
): ReminderPlan {
  const assessment = assessAt(question, plan.at);
  return assessment.kind === 'doubt' ? assessment : plan;
}

/** A wished moment, its event, and the conditions under which it may move. */
interface Wish {
  readonly wanted: DateTime;
  readonly eventAt: DateTime | undefined;
  readonly conditions: Conditions;
}

/** Bounds of a moved wish besides the law; `until` is excluded. */
interface WithinBounds {
  readonly from: DateTime;
  readonly until?: DateTime;
}

/**
 * Returns the wished moment when it is open, else the opening of its day, else a moment before it; undefined when
 * that is out of bounds.
 */
export function movedWish(wish: Wish, bounds: WithinBounds): MovedWish | undefined {
  const { wanted, conditions } = wish;
  if (commonWindow(wanted.toMillis(), eachZone(conditions)) === undefined)
    return moveToOpening(wish, bounds) ?? moveEarlier(wish, bounds);
  const at = localTime(wanted.toMillis(), conditions);
  return isWithin(at, bounds) ? { at, movedBy: [] } : undefined;
}

function moveToOpening(wish: Wish, bounds: WithinBounds): MovedWish | undefined {
  const { wanted, eventAt, conditions } = wish;
  const opens = commonOpening(wanted.toMillis(), eachZone(conditions), 'later');
  if (opens === undefined || eventAt === undefined) return undefined;
  const at = localTime(opens, conditions);
  const localWish = localTime(wanted.toMillis(), conditions);
  if (
    !at.hasSame(localWish, 'day') ||
    !isWithin(at, bounds) ||
    !isUseful(at, { wanted, eventAt, since: wanted, day: dayOfNumbers({ wanted, ...conditions }) })
  )
    return undefined;
  const movedBy = nextLawful(wanted, conditions)?.movedBy ?? [];
  return { at, movedBy, because: bilingualBecauseOfShift({ wanted: localWish, at, movedBy }) };
}

/** Moves to an earlier open day, to the same local time where that is open, else to the last open minute. */
function moveEarlier({ wanted, conditions }: Wish, bounds: WithinBounds): MovedWish | undefined {
  const places = eachZone(conditions);
  const localWish = localTime(wanted.toMillis(), conditions);
  const lastMs = commonOpening(
    wanted.toMillis(),
    places,
    REMINDERS_MOVE.on(dayOfNumbers({ wanted, ...conditions })),
  );
  if (lastMs === undefined) return undefined;
  const last = localTime(lastMs, conditions);
  const at = [wallTime(last, localWish.toFormat('HH:mm')), last].find(
    (candidate) =>
      candidate <= last &&
      isWithin(candidate, bounds) &&
      commonWindow(candidate.toMillis(), places) !== undefined,
  );
  if (at === undefined) return undefined;
  const movedBy = lastLawfulBefore(wanted, conditions)?.movedBy ?? [];
  return { at, movedBy, because: bilingualBecauseOfShift({ wanted: localWish, at, movedBy }) };
}

const isWithin = (at: DateTime, { from, until }: WithinBounds): boolean =>
  at >= from && (until === undefined || at < until);

const localTime = (ms: number, { locality }: Conditions): DateTime =>
  DateTime.fromMillis(ms, { zone: knownZone(locality.timeZone) });

function planLate(question: ReminderQuestion, conditions: Conditions, floor: DateTime): ReminderPlan {
  const { wanted, eventAt, since, ifLate = USUAL_IF_LATE.on(dayOfNumbers(question)) } = question;
  const localWish = localTime(wanted.toMillis(), conditions);
  if (ifLate === 'skip') return { kind: 'late', because: lateAndSkipped(localWish) };
  const from = Math.ceil(floor.toMillis() / MINUTE_MS) * MINUTE_MS;
  const places = eachZone(conditions);
  const next = commonOpening(from, places, 'later');
  if (next === undefined) return places.length > 1 ? doubts.noCommonHour : doubts.year;
  const at = localTime(next, conditions);
  if (eventAt !== undefined && at >= eventAt) return { kind: 'late', because: noneLeft(localWish) };
  if (eventAt !== undefined && !isUseful(at, { wanted, eventAt, since, day: dayOfNumbers(question) }))
    return { kind: 'late', because: tooNear(localWish, at) };
  const movedBy = nextLawful(localTime(from, conditions), conditions)?.movedBy ?? [];
  return { kind: 'planned', at, movedBy, because: sentLate(localWish, { at, isAhead: wanted >= floor }) };
}

/** A wished moment, its event, and the day on which the numbers of the law are read. */
interface WishedEvent {
  readonly wanted: DateTime;
  readonly eventAt: DateTime;
  readonly day: Day;
}

/** Says whether a late reminder leaves enough of the time between booking and event, and enough lead. */
function isUseful(
  at: DateTime,
  { wanted, eventAt, since, day }: WishedEvent & { readonly since: DateTime },
): boolean {
  const remaining = eventAt.toMillis() - at.toMillis();
  const leadAtBooking = eventAt.toMillis() - since.toMillis();
  return remaining >= leadAtBooking * LEAST_SHARE_LEFT.on(day) && at <= latestDeparture(wanted, eventAt, day);
}

/** Returns the last useful moment of a reminder: two hours before its event, or half of a short lead before it. */
export function latestDeparture(wanted: DateTime, eventAt: DateTime, day: Day): DateTime {
  const lead = eventAt.diff(wanted).as('minutes');
  const isShort = lead < SHORT_LEAD_MINUTES.on(day);
  const least = isShort ? lead * LEAST_SHARE_LEFT.on(day) : LEAST_LEAD_MINUTES.on(day);
  return eventAt.minus({ minutes: least });
}

/**
 * Returns the moment from which a planned reminder would be sent too late. A reminder that is planned for the last
 * useful moment gets `PLAN_FLOOR_MINUTES` more, at most half of the time that remains.
 */
export function tooLateFrom(plannedAt: DateTime, { wanted, eventAt, day }: WishedEvent): DateTime {
  const remaining = eventAt.diff(plannedAt).as('minutes');
  const minutes = Math.max(0, Math.min(PLAN_FLOOR_MINUTES.on(day), remaining * LEAST_SHARE_LEFT.on(day)));
  return DateTime.max(latestDeparture(wanted, eventAt, day), plannedAt.plus({ minutes }));
}

const sentences = bilingual.because;

const bilingualMoment = (at: DateTime): Words => inEachLanguage((language) => momentInWords(at, language));

const wishBecause = (
  code: BilingualBecause['code'],
  [wanted, at]: readonly [DateTime, DateTime?],
  rest: Words,
): BilingualBecause => ({
  code,
  ruleId: reminderHours.id,
  ...(at === undefined ? {} : { at: at.toString() }),
  text: sentences.plannedBut({ wanted: bilingualMoment(wanted), rest, ruleId: reminderHours.id }),
});

/** Returns the reason of a lawful moment ahead. */
export const plannedBecause = (at: DateTime): BilingualBecause => ({
  code: 'PLANNED',
  at: at.toString(),
  text: sentences.planned({ at: bilingualMoment(at) }),
});

/** Returns the reason of a reminder's move, in both languages; undefined when it did not move. */
export function bilingualBecauseOfShift(shift: Shift): BilingualBecause | undefined {
  const french = becauseOfShift(shift, 'fr');
  if (french === undefined) return undefined;
  return { ...french, text: { fr: french.text, en: becauseOfShift(shift, 'en')?.text ?? french.text } };
}

/** The reason of a wish at or after the event itself. */
export const afterEvent = (wanted: DateTime): BilingualBecause =>
  wishBecause('PAST', [wanted], sentences.afterEvent);

/** The reason of a reminder booked too late for its wish, which is sent all the same. */
const sentLate = (
  wanted: DateTime,
  { at, isAhead }: { readonly at: DateTime; readonly isAhead: boolean },
): BilingualBecause => {
  const moment = { at: bilingualMoment(at) };
  return wishBecause(
    'LATE_BOOKING',
    [wanted, at],
    isAhead ? sentences.closedAndLate(moment) : sentences.late(moment),
  );
};

/** The reason of a reminder booked too late for its wish, where such reminders are skipped. */
const lateAndSkipped = (wanted: DateTime): BilingualBecause =>
  wishBecause('LATE_BOOKING', [wanted], sentences.lateAndSkipped);

/** The reason of a reminder booked so late that the next lawful moment helps nobody. */
export const tooNear = (wanted: DateTime, next: DateTime): BilingualBecause =>
  wishBecause('LATE_BOOKING', [wanted], sentences.tooNear({ next: bilingualMoment(next) }));

/** The reason of a reminder without a lawful moment before its event. */
export const noneLeft = (wanted: DateTime): BilingualBecause =>
  wishBecause('LATE_BOOKING', [wanted], sentences.noneLeft);
