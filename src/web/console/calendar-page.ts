import { DateTime } from 'luxon';
import type { ConsolePage } from './frame-page.ts';
import { figureIn, type Reading } from './moment-page.ts';
import { escaped } from '../page/escaped.ts';
import { wordsIn } from '../../words/index.ts';

interface SeriesOnDay {
  readonly id: string;
  readonly externalId: string | null;
  readonly state: string;
  readonly startsAt?: string | undefined;
  readonly refuseBy?: string | null | undefined;
  readonly instalments?: readonly { readonly dueOn: string }[] | undefined;
}

/** A month of what people are reminded of. */
export interface CalendarSeen {
  /** Its first day, in the zone of the reader. */
  readonly month: DateTime;
  readonly items: readonly SeriesOnDay[];
  /** The series of the call list; unknown to whoever may not read it. */
  readonly toCall: ReadonlySet<string> | undefined;
  readonly isWhole: boolean;
}

const MOST_A_DAY = 4;

/** Series on the days of their events; what will tell nobody is marked. */
export function calendarOfSeries(
  reading: Reading,
  { month, items, toCall, isWhole }: CalendarSeen,
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).consolePages.calendar;
  const named = month.setLocale(words.locale);
  const events = eventsByDay(items, reading);
  const weeks = weeksOf(month).map(
    (week) => `<tr>${week.map((day) => dayCell(day, { month, events, toCall, reading })).join('')}</tr>`,
  );
  const heads = (weeksOf(month)[0] ?? []).map(
    (day) => `<th scope="col">${escaped(day.setLocale(words.locale).toFormat('cccc'))}</th>`,
  );
  return {
    title: `${words.title} · ${named.toFormat('LLLL yyyy')}`,
    main: `<p class="acts">${linkTo(month.minus({ months: 1 }), words.before)}${linkTo(month.plus({ months: 1 }), words.after)}<a class="button" href="/console/series">${words.list}</a></p>
${toCall === undefined ? '' : `<p class="faint">${words.sign}</p>`}
${isWhole ? '' : `<p class="note">${words.partly}</p>`}
<div class="wide" role="region" aria-label="${words.caption}" tabindex="0"><table class="month"><caption>${words.caption}</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${weeks.join('')}</tbody></table></div>`,
  };
}

const linkTo = (month: DateTime, label: string): string =>
  `<a class="button" href="/console/series/calendar?month=${month.toFormat('yyyy-MM')}">${label}</a>`;

/** Whole weeks from Monday on that hold the month. */
function weeksOf(month: DateTime): readonly (readonly DateTime[])[] {
  // Dates alone are counted: in a zone, each step asks for its offset.
  const first = month.setZone('utc', { keepLocalTime: true }).startOf('week');
  const weeks = Math.ceil((month.weekday - 1 + (month.daysInMonth ?? 31)) / 7);
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (__, day) => first.plus({ days: week * 7 + day })),
  );
}

/** One event of a series, at its moment. */
interface Event {
  readonly one: SeriesOnDay;
  readonly moment: DateTime;
}

/** Each moment is read once: a month has hundreds of events, and forty days to look for them. */
function eventsByDay(items: readonly SeriesOnDay[], reading: Reading): ReadonlyMap<string, readonly Event[]> {
  const events = items
    .flatMap((one) => momentsOf(one, reading).map((moment) => ({ one, moment })))
    .toSorted((a, b) => a.moment.toMillis() - b.moment.toMillis());
  return Map.groupBy(events, ({ moment }) => moment.toISODate() ?? '');
}

interface Within {
  readonly month: DateTime;
  readonly events: ReadonlyMap<string, readonly Event[]>;
  readonly toCall: CalendarSeen['toCall'];
  readonly reading: Reading;
}

function dayCell(day: DateTime, { month, events: all, toCall, reading }: Within): string {
  const words = wordsIn(reading.language).consolePages.calendar;
  const on = day.toISODate() ?? '';
  const events = all.get(on) ?? [];
  const lines = events.slice(0, MOST_A_DAY).map(({ one, moment }) => {
    const [kind, sign] = toCall?.has(one.id) === true ? [' class="warned"', '✕ '] : ['', ''];
    const hour = one.startsAt === undefined ? '' : `${moment.toFormat(words.hour)} `;
    return `<li><a href="/console/series/${one.id}"${kind}>${sign}${escaped(hour + (one.externalId ?? '–'))}</a></li>`;
  });
  const rest = events.length - MOST_A_DAY;
  const more =
    rest > 0
      ? `<li><a href="/console/series?from=${on}&amp;to=${on}">+${figureIn(rest, reading.language)} ${words.more}</a></li>`
      : '';
  const outside = on.startsWith(month.toFormat('yyyy-MM')) ? '' : ' class="outside"';
  return `<td${outside}><time datetime="${on}">${day.day}</time>${events.length === 0 ? '' : `<ul>${lines.join('')}${more}</ul>`}</td>`;
}

/** When its event is: a plan has several. */
function momentsOf({ startsAt, refuseBy, instalments }: SeriesOnDay, { zone }: Reading): DateTime[] {
  const dates = [startsAt, refuseBy ?? undefined, ...(instalments ?? []).map(({ dueOn }) => dueOn)];
  return dates.flatMap((date) => (date === undefined ? [] : [DateTime.fromISO(date, { zone })]));
}
