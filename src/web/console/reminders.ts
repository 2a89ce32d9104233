import { DateTime } from 'luxon';
import { localDate } from '../../law/index.ts';
import { attributes, html, type Html } from '../../platform/index.ts';
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
import { wordsIn } from '../../words/index.ts';

const ORDERS: Readonly<Record<string, readonly SeriesWord[]>> = {
  open: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
};

/** The pages of people to phone, and of series with their steps. */
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

/** The limit of one answer of the API. */
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

/** Returns the series of the call list from today on; undefined for visitors who may not read that list. */
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
    wasNotified: view.steps.some(({ state }) => state === 'sent'),
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

/** A month of events with reminders. */
interface CalendarSeen {
  /** Its first day, in the reader's zone. */
  readonly month: DateTime;
  readonly items: readonly SeriesOnDay[];
  /** The series of the call list; undefined for visitors who may not read it. */
  readonly unreached: ReadonlySet<string> | undefined;
  readonly isWhole: boolean;
}

const MOST_A_DAY = 4;

/** Shows series on the days of their events; those without any message are marked. */
function calendarOfSeries(reading: Reading, { month, items, unreached, isWhole }: CalendarSeen): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).consolePages.calendar;
  const named = month.setLocale(words.locale);
  const events = eventsByDay(items, reading);
  const weeks = weeksOf(month).map(
    (week) => html`<tr>${week.map((day) => dayCell(day, { month, events, unreached, reading }))}</tr>`,
  );
  const heads = (weeksOf(month)[0] ?? []).map(
    (day) => html`<th scope="col">${day.setLocale(words.locale).toFormat('cccc')}</th>`,
  );
  return {
    title: `${words.title} · ${named.toFormat('LLLL yyyy')}`,
    main: html`<p class="acts">${linkTo(month.minus({ months: 1 }), words.before)}${linkTo(month.plus({ months: 1 }), words.after)}<a class="button" href="/console/series">${words.list}</a></p>
${unreached === undefined ? '' : html`<p class="faint">${words.sign}</p>`}
${isWhole ? '' : html`<p class="note">${words.partly}</p>`}
<div class="wide" role="region" aria-label="${words.caption}" tabindex="0"><table class="month"><caption>${words.caption}</caption><thead><tr>${heads}</tr></thead><tbody>${weeks}</tbody></table></div>`,
  };
}

const linkTo = (month: DateTime, label: string): Html =>
  html`<a class="button" href="/console/series/calendar?month=${month.toFormat('yyyy-MM')}">${label}</a>`;

/** Returns the whole weeks from Monday on that cover the month. */
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

/** Each moment is computed once: a month has hundreds of events, and forty days to place them in. */
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

function dayCell(day: DateTime, { month, events: all, unreached, reading }: Within): Html {
  const words = wordsIn(reading.language).consolePages.calendar;
  const on = localDate(day);
  const events = all.get(on) ?? [];
  const lines = events.slice(0, MOST_A_DAY).map(({ one, moment }) => {
    const isUnreached = unreached?.has(one.id) === true;
    const hour = one.startsAt === undefined ? '' : `${moment.toFormat(words.hour)} `;
    return html`<li><a href="/console/series/${one.id}"${attributes({ class: isUnreached && 'warned' })}>${isUnreached && '✕ '}${hour + (one.externalId ?? '–')}</a></li>`;
  });
  const rest = events.length - MOST_A_DAY;
  const more =
    rest > 0
      ? html`<li><a href="/console/series?from=${on}&amp;to=${on}">+${figureIn(rest, reading.language)} ${words.more}</a></li>`
      : '';
  const outside = attributes({ class: !on.startsWith(month.toFormat('yyyy-MM')) && 'outside' });
  return html`<td${outside}><time datetime="${on}">${day.day}</time>${events.length === 0 ? '' : html`<ul>${lines}${more}</ul>`}</td>`;
}

/** Returns the moments of an event: a plan has several. */
function momentsOf({ startsAt, refuseBy, instalments }: SeriesOnDay, { zone }: Reading): DateTime[] {
  const dates = [startsAt, refuseBy ?? undefined, ...(instalments ?? []).map(({ dueOn }) => dueOn)];
  return dates.flatMap((date) => (date === undefined ? [] : [DateTime.fromISO(date, { zone })]));
}
