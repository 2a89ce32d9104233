import { DateTime } from 'luxon';
import { calendarVersion } from './holiday.ts';
import { rulesVersion } from '../book.ts';
import type { ExplainedDay } from '../decide/lawful-moment.ts';
import { windows, type OpenWindow, type WindowsQuestion } from '../decide/list-windows.ts';
import type { Hours } from '../profile/hours.ts';
import { localDate } from '../../rule/index.ts';
import type { Language } from '../../words/index.ts';

/** One line of a calendar: a local day, its open hours, and what the rules say about it. */
export interface CalendarDay {
  readonly day: DateTime;
  /** Local times, `24:00` for the midnight that ends the day; empty when closed. */
  readonly open: readonly Hours[];
  /** The reasons for closing, or for advising against an open day. */
  readonly because: ExplainedDay['because'];
}

/** The place and the period of a calendar. */
export interface CalendarQuestion extends Omit<WindowsQuestion, 'marginMs'> {
  readonly language: Language;
}

/** The editions of rules and holidays that a calendar was made from. */
export const editions = `${rulesVersion}, ${calendarVersion}`;

/** Lists every local day of a period, in order, open or closed. */
export function calendarDays(question: CalendarQuestion): readonly CalendarDay[] {
  const listed = windows(question);
  const zone = question.locality.timeZone;
  const reasonsByDay = new Map(
    [...listed.closed, ...listed.warnings].map(({ on, because }) => [on, because]),
  );
  const open = Map.groupBy(listed.windows, ({ opensAt }) => localDate(opensAt));
  return [...new Set([...open.keys(), ...reasonsByDay.keys()])].toSorted().map((on) => ({
    day: DateTime.fromISO(on, { zone }),
    open: (open.get(on) ?? []).map(hoursOf),
    because: reasonsByDay.get(on) ?? [],
  }));
}

const hoursOf = ({ opensAt, closesAt }: OpenWindow): Hours => ({
  opens: opensAt.toFormat('HH:mm'),
  closes: closesAt.hasSame(opensAt, 'day') ? closesAt.toFormat('HH:mm') : '24:00',
});
