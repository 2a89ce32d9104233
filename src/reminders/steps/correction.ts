import { DateTime } from 'luxon';
import {
  nextLawful,
  defaultProfile,
  profileNamed,
  CORRECTION_LEAD_MINUTES,
  PLAN_FLOOR_MINUTES,
} from '../../law/index.ts';
import { dayIn, frenchDay, type Day, type Locality, type Purpose } from '../../rule/index.ts';
import type { ExclusionReason } from '../../people/index.ts';
import { excludedBy, correctionImpossible, ending, type StepReason } from '../series/reason.ts';
import { CORRECTION_POSITION, isCalledOff, isLive } from '../series/series.ts';
import { iso, placeNow, type SeriesSituation } from './owed-steps.ts';
import type { Step } from './step.ts';

/** The event as the last sent message named it. */
interface SaidEvent {
  /** Digest of the announced event, or of its cancellation. */
  readonly facts: string;
  readonly eventAt: DateTime;
  readonly cancelled: boolean;
}

interface Moved {
  readonly kind: 'moved';
  readonly eventAt: DateTime;
}

interface Cancelled {
  readonly kind: 'cancelled';
}

/** The facts that decide whether a sent text has become false. */
export interface CorrectionQuestion {
  readonly purpose: Purpose;
  readonly said: SaidEvent | undefined;
  /** The present truth. */
  readonly current: (Moved & { readonly facts: string }) | Cancelled;
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
  current: Moved | Cancelled,
  timeZone: string | undefined,
): DateTime => {
  const event = earlierEvent(said, current);
  return event.minus({ minutes: CORRECTION_LEAD_MINUTES.on(dayAt(event, timeZone)) });
};

/** Returns the recipient's local day; that of Paris while their place is unknown. */
const dayAt = (at: DateTime, timeZone: string | undefined): Day =>
  timeZone === undefined ? frenchDay(at) : dayIn(at, timeZone);

/** After an announced cancellation, only the new event can come too soon. */
function earlierEvent(said: Pick<SaidEvent, 'eventAt' | 'cancelled'>, current: Moved | Cancelled): DateTime {
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

/** The end of a contract is its holder's own act, and a payment plan announces its new schedule instead. */
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

/** Returns the event that a sent message named. */
export const saidByStep = (step: Step | undefined): SaidEvent | undefined =>
  step && {
    facts: step.facts,
    eventAt: DateTime.fromISO(step.eventAt),
    cancelled: step.position === CORRECTION_POSITION.cancelled,
  };

/** Nothing false was said after all: the message that seemed to have been sent never was. */
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
    plannedAt: owed.plannedAt === undefined ? null : sooner(known?.plannedAt, owed.plannedAt, now),
    state,
    code: owed.reason?.code ?? null,
    because: owed.reason ?? null,
    since: known?.state === state ? known.since : iso(now),
    message: null,
  };
}

/** A due correction stays due at its own moment. */
const sooner = (known: string | null | undefined, plannedMoment: DateTime, now: DateTime): string =>
  known != null && plannedMoment <= now ? known : iso(plannedMoment);
