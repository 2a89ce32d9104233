import type { DateTime } from 'luxon';
import {
  bilingualBecauseOfShift,
  closuresAt,
  lastLawfulBefore,
  nextLawful,
  movedWish,
  wallTime,
} from '../../law/index.ts';
import type { PlacedQuestion } from './plan-steps.ts';
import type { StepReason } from '../series/reason.ts';

/** Bounds of a moment besides the law; `until` is excluded. */
export interface DayBounds {
  readonly from: DateTime;
  readonly until: DateTime;
}

/** A moment inside bounds, and why it is not the wished one. */
export interface MomentFound {
  readonly at: DateTime;
  readonly reason: StepReason | undefined;
}

/** Closed days in a row are never as many. */
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
  { from, until }: DayBounds,
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
