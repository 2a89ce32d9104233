import type { DateTime } from 'luxon';
import {
  dayIn,
  frenchDay,
  type Day,
  nextLawful,
  profileNamed,
  type Locality,
  CORRECTION_LEAD_MINUTES,
  PLAN_FLOOR_MINUTES,
} from '../../law/index.ts';
import type { ExclusionReason } from '../../people/index.ts';
import { REMINDER_PROFILE } from './plan-steps.ts';
import { excludedBy, correctionImpossible, type StepReason } from '../series/reason.ts';

/** The event as the last sent message named it. */
export interface SaidEvent {
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

/** The message that corrects an announcement. */
export interface Correction {
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
  { current, changedAt, now, locality, exclusion }: CorrectionQuestion,
  said: SaidEvent,
): Correction {
  const wantedAt = changedAt.plus({ minutes: PLAN_FLOOR_MINUTES.on(dayAt(changedAt, locality?.timeZone)) });
  const limit = correctionLimit(said, current, locality?.timeZone);
  const about = { step: current.kind, wantedAt, limit };
  const profile = profileNamed(REMINDER_PROFILE);
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
