import { DateTime } from 'luxon';
import { insuranceNoticeLastOn, noticeDates } from '../../law/index.ts';
import type { DayBounds } from './lawful-day.ts';
import { isLive, type Series } from '../series/series.ts';
import type { SubscriptionTerms } from '../series/terms.ts';

/** The rule that requires one message inside its bounds. */
export interface NoticeBounds extends DayBounds {
  readonly ruleId: 'REN-01' | 'REN-03';
}

/**
 * Returns the period in which one message of a renewal must be sent, on the recipient's calendar; undefined without
 * automatic renewal.
 */
export function noticeBounds(
  { tacit, refuseBy, regime }: SubscriptionTerms,
  timeZone: string,
): NoticeBounds | undefined {
  if (!tacit || refuseBy === null) return undefined;
  const dayAfter = (on: string): DateTime => startOfDate(on, timeZone).plus({ days: 1 });
  if (regime === 'insurance')
    return {
      ruleId: 'REN-03',
      from: DateTime.fromMillis(0, { zone: timeZone }),
      until: dayAfter(insuranceNoticeLastOn(refuseBy)),
    };
  const { firstOn, lastOn } = noticeDates(refuseBy);
  return { ruleId: 'REN-01', from: startOfDate(firstOn, timeZone), until: dayAfter(lastOn) };
}

/** The first instant of a date. */
export const startOfDate = (on: string, timeZone: string): DateTime =>
  DateTime.fromISO(on, { zone: timeZone }).startOf('day');

/** Days before the deadline at which a missing letter is reported. */
const NOTICE_ALARM_DAYS = 45;

/**
 * Returns the moment at which the back office is notified of a missing legal notice; undefined when it is not
 * missing, or was reported.
 */
export function noticeAlarmAt({
  terms,
  eventZone,
  legalNotice,
  noticeMissingAt,
  state,
}: Pick<Series, 'terms' | 'eventZone' | 'legalNotice' | 'noticeMissingAt' | 'state'>): DateTime | undefined {
  if (terms.kind !== 'subscription' || !terms.tacit || terms.refuseBy === null) return undefined;
  if (legalNotice || noticeMissingAt !== null || !isLive(state)) return undefined;
  return startOfDate(terms.refuseBy, eventZone).minus({ days: NOTICE_ALARM_DAYS });
}
