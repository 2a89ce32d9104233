import { DateTime } from 'luxon';
import { calendarVersion } from '../law/calendar/holiday.ts';
import { rulesVersion } from '../law/index.ts';
import type { Language } from '../law/rule.ts';
import type { Locality } from '../law/territory.ts';
import { windows } from '../law/windows.ts';

/** One line of a calendar: a local day, its hours or the rules that close it. */
export interface CalendarDay {
  readonly day: DateTime;
  /** `08:00`, both absent when closed. */
  readonly opens?: string;
  readonly closes?: string;
  readonly because: readonly { readonly ruleId: string; readonly text: string }[];
}

/** What a calendar is printed from. */
export interface CalendarQuestion {
  readonly profile: string;
  readonly locality: Locality;
  readonly from: DateTime;
  readonly to: DateTime;
  readonly language: Language;
}

/** The editions that a printed calendar names. */
export const editions = `${rulesVersion}, ${calendarVersion}`;

/** Every local day of a stretch, in order, open or closed. */
export function calendarDays(question: CalendarQuestion): readonly CalendarDay[] {
  const found = windows(question);
  const zone = question.locality.timeZone;
  const open = found.windows.map(({ opensAt, closesAt }) => ({
    day: opensAt.startOf('day'),
    opens: opensAt.toFormat('HH:mm'),
    closes: closesAt.hasSame(opensAt, 'day') ? closesAt.toFormat('HH:mm') : '24:00',
    because: [],
  }));
  const closed = found.closed.map(({ on, because }) => ({ day: DateTime.fromISO(on, { zone }), because }));
  return [...open, ...closed].toSorted((one, other) => one.day.toMillis() - other.day.toMillis());
}
