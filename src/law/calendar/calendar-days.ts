import { DateTime } from 'luxon';
import { calendarVersion } from './holiday.ts';
import { rulesVersion } from '../book.ts';
import type { ExplainedDay } from '../decide/lawful-moment.ts';
import { windows, type OpenWindow } from '../decide/list-windows.ts';
import { localDate, type Locality } from '../../rule/index.ts';
import type { Language } from '../../words/index.ts';

/** Open hours of a local day: `08:00`, and `24:00` for midnight. */
export interface OpenHours {
  readonly opens: string;
  readonly closes: string;
}

/** One line of a calendar: a local day, its hours, and the rules' statements. */
export interface CalendarDay {
  readonly day: DateTime;
  /** Empty when closed. */
  readonly open: readonly OpenHours[];
  /** The reasons for closing, or for advising against an open day. */
  readonly because: ExplainedDay['because'];
}

export interface CalendarQuestion {
  readonly profile: string;
  readonly locality: Locality;
  readonly from: DateTime;
  readonly to: DateTime;
  readonly rulesOn?: string;
  readonly language: Language;
}

export const editions = `${rulesVersion}, ${calendarVersion}`;

/** Lists every local day of a period, in order, open or closed. */
export function calendarDays(question: CalendarQuestion): readonly CalendarDay[] {
  const listed = windows(question);
  const zone = question.locality.timeZone;
  const reasonsByDay = new Map([...listed.closed, ...listed.warnings].map(({ on, because }) => [on, because]));
  const open = Map.groupBy(listed.windows, ({ opensAt }) => localDate(opensAt));
  return [...new Set([...open.keys(), ...reasonsByDay.keys()])].toSorted().map((on) => ({
    day: DateTime.fromISO(on, { zone }),
    open: (open.get(on) ?? []).map(hoursOf),
    because: reasonsByDay.get(on) ?? [],
  }));
}

const hoursOf = ({ opensAt, closesAt }: OpenWindow): OpenHours => ({
  opens: opensAt.toFormat('HH:mm'),
  closes: closesAt.hasSame(opensAt, 'day') ? closesAt.toFormat('HH:mm') : '24:00',
});
