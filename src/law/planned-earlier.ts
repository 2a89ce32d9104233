import type { DateTime } from 'luxon';
import { becauseOfShift, type Because } from './because.ts';
import { atRecipient, barsAt, lastLawfulBefore } from './lawful-moment.ts';
import type { Language } from './rule.ts';
import type { Conditions } from './timing-rule.ts';
import { wallTime } from './timing/wall-time.ts';

/** How to plan a reminder whose wished moment may be closed. */
export interface PlanConditions extends Conditions {
  /** The plan may not fall before this; usually now and a little. */
  readonly notBefore?: DateTime;
  readonly language?: Language;
}

/** When a reminder leaves, and why it is not when it was wished. */
export interface PlannedMoment {
  readonly at: DateTime;
  readonly because?: Because;
}

/**
 * The moment at or before `wanted` when a reminder may leave; nothing when none is left.
 *
 * The same wall time on the last open day is preferred to that day's last minute.
 */
export function plannedEarlier(wanted: DateTime, conditions: PlanConditions): PlannedMoment | undefined {
  const wished = atRecipient(wanted, conditions);
  const last = lastLawfulBefore(wished, conditions);
  if (!last) return undefined;
  const preferred = last.movedBy.length === 0 ? [] : [wallTime(last.at, wished.toFormat('HH:mm'))];
  const at = [...preferred, last.at].find((candidate) => suits(candidate, last.at, conditions));
  if (!at) return undefined;
  const because = becauseOfShift({ wanted: wished, at, movedBy: last.movedBy }, conditions.language);
  return { at, ...(because ? { because } : {}) };
}

const suits = (candidate: DateTime, latest: DateTime, conditions: PlanConditions): boolean =>
  candidate <= latest &&
  (conditions.notBefore === undefined || candidate >= conditions.notBefore) &&
  barsAt(candidate, conditions).length === 0;
