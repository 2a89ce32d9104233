import { DateTime } from 'luxon';
import { localDate } from '../../law/index.ts';
import { seriesListPage, seriesPage, type SeriesWord } from './series-page.ts';
import { cancelSeriesAsked } from './sure-words.ts';
import { SeriesShown } from '../api/bookings/booking-schema.ts';
import { SeriesAlone } from '../api/bookings/series.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import { callList, toCall, UNREACHED } from './to-call.ts';
import type { Visit } from './visit.ts';
import { listOf } from '../server/schema.ts';
import type { ConsolePage } from './frame-page.ts';
import { figureIn, type Reading } from './moment-page.ts';
import { escaped } from '../page/escaped.ts';
import { wordsIn } from '../../words/index.ts';

const ORDERS: Readonly<Record<string, readonly SeriesWord[]>> = {
  open: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
};

/** Whom to phone, and series with their steps. */
export const reminderPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/to-call', work: toCall },
  { method: 'get', path: '/series', work: list },
  { method: 'get', path: '/series/calendar', work: calendar },
  { method: 'get', path: '/series/:id', work: oneSeries },
  { method: 'post', path: '/series/:id/:order', from: '/series/:id', work: ordering },
];

const dayOf = (at: DateTime): string => localDate(at);

async function list(visit: Visit): Promise<void> {
  const days = Object.fromEntries(
    ['from', 'to'].flatMap((name) => {
      const day = visit.asked(name);
      return day === undefined ? [] : [[name, day]];
    }),
  );
  const query = { ...pageAsked(visit), ...days };
  const found = await visit.ask('GET /v1/reminder-series', listOf(SeriesShown), { query });
  const path = Object.keys(days).length === 0 ? '/series' : `/series?${new URLSearchParams(days).toString()}`;
  visit.show(seriesListPage(readingOf(visit), { ...found, path }));
}

/** As many as the API gives at once. */
const MOST_IN_MONTH = '500';

async function calendar(visit: Visit): Promise<void> {
  const zone = visit.caller.home.timeZone;
  const asked = DateTime.fromFormat(visit.asked('month') ?? '', 'yyyy-MM', { zone });
  const month = (asked.isValid ? asked : visit.parts.api.clock.now().setZone(zone)).startOf('month');
  const query = { limit: MOST_IN_MONTH, from: dayOf(month), to: dayOf(month.endOf('month')) };
  const { items, next } = await visit.ask('GET /v1/reminder-series', listOf(SeriesShown), { query });
  const toCallIn = await marked(visit, month);
  visit.show(
    calendarOfSeries(readingOf(visit), { month, items, unreached: toCallIn, isWhole: next === null }),
  );
}

/** The series of the call list from today on; nothing for whoever may not read that list. */
async function marked(visit: Visit, month: DateTime): Promise<ReadonlySet<string> | undefined> {
  if (!visit.may(UNREACHED)) return undefined;
  const today = visit.parts.api.clock.now().setZone(month.zoneName ?? 'utc');
  if (month.endOf('month') < today) return new Set();
  const days = { from: dayOf(DateTime.max(month, today)), to: dayOf(month.endOf('month')) };
  const { items } = await callList(visit, days, { masked: 'true' });
  return new Set(items.map(({ seriesId }) => seriesId));
}

async function oneSeries(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/reminder-series/{id}', SeriesAlone, { params });
  const orders = (ORDERS[view.state] ?? []).filter((order) =>
    visit.may(`POST /v1/reminder-series/{id}/${order}`),
  );
  visit.show(seriesPage(readingOf(visit), { view, orders, workflowUrl: visit.workflowUrl(view.workflowId) }));
}

async function ordering(visit: Visit): Promise<void> {
  const [id, order] = [visit.param('id'), visit.param('order')];
  if (order === 'cancel' && !visit.isSure) return askingToCancel(visit, id);
  await visit.order(`POST /v1/reminder-series/{id}/${order}`, { params: { id } });
  visit.goTo(`/series/${encodeURIComponent(id)}`);
}

async function askingToCancel(visit: Visit, id: string): Promise<void> {
  visit.needs('POST /v1/reminder-series/{id}/cancel');
  const view = await visit.ask('GET /v1/reminder-series/{id}', SeriesShown, { params: { id } });
  const steps = view.steps.filter(({ revision }) => revision === view.revision);
  const asked = {
    id,
    reference: view.externalId ?? id,
    planned: steps.filter(({ state }) => state === 'planned').length,
    wasTold: view.steps.some(({ state }) => state === 'sent'),
  };
  visit.askFirst(cancelSeriesAsked(asked, visit.language));
}

interface SeriesOnDay {
  readonly id: string;
  readonly externalId: string | null;
  readonly state: string;
  readonly startsAt?: string | undefined;
  readonly refuseBy?: string | null | undefined;
  readonly instalments?: readonly { readonly dueOn: string }[] | undefined;
}

/** A month of what people are reminded of. */
interface CalendarSeen {
  /** Its first day, in the zone of the reader. */
  readonly month: DateTime;
  readonly items: readonly SeriesOnDay[];
  /** The series of the call list; unknown to whoever may not read it. */
  readonly unreached: ReadonlySet<string> | undefined;
  readonly isWhole: boolean;
}

const MOST_A_DAY = 4;

/** Series on the days of their events; what will tell nobody is marked. */
function calendarOfSeries(reading: Reading, { month, items, unreached, isWhole }: CalendarSeen): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).consolePages.calendar;
  const named = month.setLocale(words.locale);
  const events = eventsByDay(items, reading);
  const weeks = weeksOf(month).map(
    (week) => `<tr>${week.map((day) => dayCell(day, { month, events, unreached, reading })).join('')}</tr>`,
  );
  const heads = (weeksOf(month)[0] ?? []).map(
    (day) => `<th scope="col">${escaped(day.setLocale(words.locale).toFormat('cccc'))}</th>`,
  );
  return {
    title: `${words.title} · ${named.toFormat('LLLL yyyy')}`,
    main: `<p class="acts">${linkTo(month.minus({ months: 1 }), words.before)}${linkTo(month.plus({ months: 1 }), words.after)}<a class="button" href="/console/series">${words.list}</a></p>
${unreached === undefined ? '' : `<p class="faint">${words.sign}</p>`}
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
  return Map.groupBy(events, ({ moment }) => localDate(moment));
}

interface Within {
  readonly month: DateTime;
  readonly events: ReadonlyMap<string, readonly Event[]>;
  readonly unreached: CalendarSeen['unreached'];
  readonly reading: Reading;
}

function dayCell(day: DateTime, { month, events: all, unreached, reading }: Within): string {
  const words = wordsIn(reading.language).consolePages.calendar;
  const on = localDate(day);
  const events = all.get(on) ?? [];
  const lines = events.slice(0, MOST_A_DAY).map(({ one, moment }) => {
    const [kind, sign] = unreached?.has(one.id) === true ? [' class="warned"', '✕ '] : ['', ''];
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
