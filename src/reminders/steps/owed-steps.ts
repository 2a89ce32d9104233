import {
  type Locality,
  localityNamed,
  isoText,
  dayIn,
  frenchDay,
  type Day,
  type Purpose,
} from '../../rule/index.ts';
import { DateTime } from 'luxon';
import {
  nextLawful,
  defaultProfile,
  profileNamed,
  CORRECTION_LEAD_MINUTES,
  PLAN_FLOOR_MINUTES,
} from '../../law/index.ts';
import { type Series, CORRECTION_POSITION, isCalledOff, isLive } from '../series/series.ts';
import type { Eligibility } from '../series/reminder-eligibility.repository.ts';
import { ending, excludedBy, correctionImpossible, type StepReason } from '../series/reason.ts';
import { type Step, hasLeft, isSentOrUnderWay } from './step.ts';
import { planPayments, type PaymentQuestion, planRenewal } from './plan-contract.ts';
import { planSteps } from './plan-steps.ts';
import { skipped, type PlannedStep } from './planned-step.ts';
import type { ExclusionReason } from '../../words/index.ts';

/** All known facts of a series at one instant. */
export interface SeriesSituation {
  readonly series: Series;
  readonly steps: readonly Step[];
  readonly eligibility: Eligibility;
  /** The law clock. */
  readonly now: DateTime;
  /** True when that clock may be wrong: then nothing is too late by it. */
  readonly inDoubt?: boolean;
}

/** Returns the recipient's present place; undefined when it is unknown. */
const placeNow = ({ eligibility }: SeriesSituation): Locality | undefined =>
  localityNamed(eligibility.territory, eligibility.timeZone, eligibility.goodFriday);

/** Says whether the person declined, and that ends the remaining reminders. */
export function declineEnds(
  { declinedAt, terms }: Pick<Series, 'declinedAt' | 'terms'>,
  { onDecline }: Pick<Eligibility, 'onDecline'>,
): boolean {
  if (declinedAt === null || terms.kind !== 'appointment') return false;
  return (terms.onDecline ?? onDecline) === 'cancel';
}

export const iso = (at: DateTime): string => isoText(at.toUTC());

/** Plans each open step by the kind of the series. */
export function owedSteps(
  situation: SeriesSituation,
  settled: {
    readonly positions: ReadonlySet<number>;
    readonly plannedSince: ReadonlyMap<number, DateTime>;
    /** Positions that were skipped for a reason that a late departure would not cure. */
    readonly skippedBefore: ReadonlySet<number>;
    /** The moments at which messages of its event were sent, or are about to be. */
    readonly left: readonly DateTime[];
    readonly correctionAt: DateTime | undefined;
  },
): readonly PlannedStep[] {
  const { series, eligibility, now } = situation;
  const { positions, plannedSince, skippedBefore, left, correctionAt } = settled;
  const eventAt = DateTime.fromISO(series.eventAt, { zone: series.eventZone });
  const question = {
    plan: series.plan,
    settled: positions,
    purpose: series.purpose,
    eventAt,
    locality: placeNow(situation),
    now,
    plannedSince,
    skippedBefore,
    saidBefore: departed(situation).some((step) => Date.parse(step.eventAt) > now.toMillis()),
    ifLate: series.terms.ifLate ?? eligibility.ifLate,
    exclusion: eligibility.why,
  };
  const { terms } = series;
  switch (terms.kind) {
    case 'appointment':
      return answered(situation, planSteps({ ...question, left, correctionAt }));
    case 'subscription': {
      const saidAt = [...saidWhileTrue(situation), ...(correctionAt === undefined ? [] : [correctionAt])];
      return planRenewal({ ...question, terms, left, correctionAt, saidAt });
    }
    case 'payment-plan':
      return planPayments({ ...question, ...paymentFacts(situation), terms });
    default:
      return terms satisfies never;
  }
}

/** Skips the further reminders of a person who answered, where the tenant chose so. */
function answered(situation: SeriesSituation, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const code = endingAnswer(situation);
  if (code === undefined) return steps;
  return steps.map((step) => (step.state === 'planned' ? skipped(step, ending(code)) : step));
}

function endingAnswer({ series, eligibility }: SeriesSituation): 'CONFIRMED' | 'DECLINED' | undefined {
  if (declineEnds(series, eligibility)) return 'DECLINED';
  return series.confirmedAt !== null && eligibility.confirmationSkips ? 'CONFIRMED' : undefined;
}

/** Returns the messages of this event that were sent or are being sent, with the moment of each. */
export const departed = ({ series, steps, now }: SeriesSituation): (Step & { readonly at: DateTime })[] =>
  steps
    .filter((step) => isSentOrUnderWay(step, series.revision))
    .map((step) => Object.assign({}, step, { at: hasLeft(step) ? DateTime.fromISO(step.since) : now }));

/** Returns the moments at which messages with the current dates were sent. */
function saidWhileTrue(situation: SeriesSituation): DateTime[] {
  const facts = situation.series.facts.toString('hex');
  return departed(situation)
    .filter((step) => step.facts === facts)
    .map(({ at }) => at);
}

const paymentFacts = (
  situation: SeriesSituation,
): Pick<PaymentQuestion, 'paid' | 'facts' | 'filedAt' | 'changedAt' | 'said'> => ({
  paid: situation.series.paid,
  facts: situation.series.facts.toString('hex'),
  filedAt: DateTime.fromISO(situation.series.createdAt),
  changedAt: DateTime.fromISO(situation.series.revisedAt),
  said: departed(situation),
});

/** The event as the last sent message named it. */
interface SaidEvent {
  /** Digest of the announced event, or of its cancellation. */
  readonly facts: string;
  readonly eventAt: DateTime;
  readonly cancelled: boolean;
}

type Change = { readonly kind: 'moved'; readonly eventAt: DateTime } | { readonly kind: 'cancelled' };

/** The facts that decide whether a sent text has become false. */
export interface CorrectionQuestion {
  readonly purpose: Purpose;
  readonly said: SaidEvent | undefined;
  /** The present truth. */
  readonly current:
    | { readonly kind: 'moved'; readonly eventAt: DateTime; readonly facts: string }
    | { readonly kind: 'cancelled' };
  /** The time of its last change, by the law clock. */
  readonly changedAt: DateTime;
  readonly now: DateTime;
  readonly locality: Locality | undefined;
  /** The reason why the person is not eligible at all; null when they are. */
  readonly exclusion: ExclusionReason | null;
}

interface Correction {
  readonly step: 'moved' | 'cancelled';
  readonly wantedAt: DateTime;
  /** Absent when no lawful moment is left. */
  readonly plannedAt?: DateTime;
  /** The instant from which it would come too late. */
  readonly limit: DateTime;
  readonly reason?: StepReason;
}

/** Returns the correction that is owed; undefined when nothing false was said. */
export function correctionOwed(question: CorrectionQuestion): Correction | undefined {
  const { said, current, changedAt } = question;
  if (said === undefined || isStillTrue(said, current)) return undefined;
  // The announced event was already over when it changed: the message was true in its time.
  if (said.eventAt <= changedAt) return undefined;
  return planned(question, said);
}

const isStillTrue = (said: SaidEvent, current: CorrectionQuestion['current']): boolean =>
  current.kind === 'cancelled' ? said.cancelled : !said.cancelled && said.facts === current.facts;

function planned(
  { purpose, current, changedAt, now, locality, exclusion }: CorrectionQuestion,
  said: SaidEvent,
): Correction {
  const wantedAt = changedAt.plus({ minutes: PLAN_FLOOR_MINUTES.on(dayAt(changedAt, locality?.timeZone)) });
  const limit = correctionLimit(said, current, locality?.timeZone);
  const about = { step: current.kind, wantedAt, limit };
  const profile = profileNamed(defaultProfile(purpose));
  if (exclusion !== null) return { ...about, reason: excludedBy(exclusion) };
  if (locality === undefined || profile === undefined)
    return { ...about, reason: excludedBy('PLACE_UNKNOWN') };
  const next = nextLawful(wantedAt > now ? wantedAt : now, { locality, profile });
  if (next === undefined || next.at >= limit)
    return { ...about, reason: correctionImpossible(limit.setZone(locality.timeZone)) };
  return { ...about, plannedAt: next.at };
}

/** Returns the instant from which a correction is too late: its lead before the announced event, or before the new one. */
export const correctionLimit = (
  said: Pick<SaidEvent, 'eventAt' | 'cancelled'>,
  current: Change,
  timeZone: string | undefined,
): DateTime => {
  const event = earlierEvent(said, current);
  return event.minus({ minutes: CORRECTION_LEAD_MINUTES.on(dayAt(event, timeZone)) });
};

/** Returns the recipient's local day; that of Paris while their place is unknown. */
const dayAt = (at: DateTime, timeZone: string | undefined): Day =>
  timeZone === undefined ? frenchDay(at) : dayIn(at, timeZone);

/**
 * Returns the event before which a correction must come; after an announced cancellation, only the new one can come
 * too soon.
 */
function earlierEvent(said: Pick<SaidEvent, 'eventAt' | 'cancelled'>, current: Change): DateTime {
  if (current.kind === 'cancelled') return said.eventAt;
  if (said.cancelled) return current.eventAt;
  return current.eventAt < said.eventAt ? current.eventAt : said.eventAt;
}

/** Returns the step that corrects `last`; undefined when none is owed, or when its outcome is settled. */
export function correctionStep(situation: SeriesSituation, last: Step | undefined): Step | undefined {
  const { series, now } = situation;
  const kind = isCalledOff(series.state) ? 'cancelled' : 'moved';
  const known = situation.steps.find(
    ({ revision, position }) => revision === series.revision && position === CORRECTION_POSITION[kind],
  );
  if (known !== undefined && (known.state !== 'planned' || known.message !== null)) return undefined;
  const owed = mayCorrect(situation) ? correctionOwed(questionOf(situation, last, kind)) : undefined;
  if (owed === undefined) return known && takenBack(known, now);
  // The cancellation names the event already announced, which a move in between may not have been.
  const about = kind === 'cancelled' && last !== undefined ? last.eventAt : series.eventAt;
  return asStep(situation, owed, { known, about });
}

/**
 * Says whether a false text is corrected. A contract's end is its holder's own act, and a payment plan announces its
 * new schedule instead.
 */
const mayCorrect = ({ series }: SeriesSituation): boolean =>
  series.notifyChange &&
  series.kind !== 'payment-plan' &&
  (isLive(series.state) || (isCalledOff(series.state) && series.kind === 'appointment'));

function questionOf(
  situation: SeriesSituation,
  last: Step | undefined,
  kind: 'moved' | 'cancelled',
): CorrectionQuestion {
  const { series, now, eligibility } = situation;
  const facts = series.facts.toString('hex');
  const eventAt = DateTime.fromISO(series.eventAt, { zone: series.eventZone });
  return {
    purpose: series.purpose,
    said: saidByStep(last),
    current: kind === 'cancelled' ? { kind } : { kind, facts, eventAt },
    changedAt: DateTime.fromISO(series.revisedAt),
    now,
    locality: placeNow(situation),
    exclusion: eligibility.why,
  };
}

/** Returns the event that a step's message names. */
export const saidByStep = (step: Step | undefined): SaidEvent | undefined =>
  step && {
    facts: step.facts,
    eventAt: DateTime.fromISO(step.eventAt),
    cancelled: step.position === CORRECTION_POSITION.cancelled,
  };

/** Cancels a correction that is not owed after all: the message that seemed to have been sent never was. */
const takenBack = (known: Step, now: DateTime): Step => ({
  ...known,
  plannedAt: null,
  state: 'cancelled',
  code: 'MOVED',
  because: ending('MOVED'),
  since: iso(now),
});

function asStep(
  { series, now }: SeriesSituation,
  owed: Correction,
  { known, about }: { readonly known: Step | undefined; readonly about: string },
): Step {
  const state = owed.plannedAt === undefined ? 'skipped' : 'planned';
  return {
    revision: series.revision,
    position: CORRECTION_POSITION[owed.step],
    step: owed.step,
    facts: series.facts.toString('hex'),
    eventAt: about,
    wantedAt: iso(owed.wantedAt),
    plannedAt: owed.plannedAt === undefined ? null : dueMoment(known?.plannedAt, owed.plannedAt, now),
    state,
    code: owed.reason?.code ?? null,
    because: owed.reason ?? null,
    since: known?.state === state ? known.since : iso(now),
    message: null,
  };
}

/** Returns when a correction is due; one that is due already keeps its moment. */
const dueMoment = (known: string | null | undefined, plannedMoment: DateTime, now: DateTime): string =>
  known != null && plannedMoment <= now ? known : iso(plannedMoment);
