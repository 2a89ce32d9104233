import { DateTime } from 'luxon';
import type { z } from 'zod';
import { localDate, nextWorkingDay, isTerritory } from '../../law/index.ts';
import { attributes, html, Refusal, type Html, type Part } from '../../platform/index.ts';
import { seriesListPage, seriesPage, type SeriesWord } from './series-page.ts';
import { cancelSeriesAsked } from './sure-words.ts';
import { SeriesShown } from '../api/bookings/booking-schema.ts';
import { SeriesAlone, Unreached } from '../api/bookings/series.ts';
import { pageAsked, readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { listOf } from '../server/schema.ts';
import type { ConsolePage } from './frame-page.ts';
import { figureIn, momentIn, momentSaid, type Reading, field, tableOf } from './page-parts.ts';
import { wordsIn, type Language } from '../../words/index.ts';

const ORDERS: Readonly<Record<string, readonly SeriesWord[]>> = {
  open: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
};

/** The pages of people to phone, and of series with their steps. */
export const reminderPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/to-call', work: toCall },
  { method: 'get', path: '/series', work: seriesList },
  { method: 'get', path: '/series/calendar', work: calendar },
  { method: 'get', path: '/series/:id', work: oneSeries },
  { method: 'post', path: '/series/:id/:order', from: '/series/:id', work: ordering },
];

const dayOf = (at: DateTime): string => localDate(at);

async function seriesList(visit: Visit): Promise<void> {
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

/** The route behind the list and the marks of the calendar. */
const UNREACHED = 'GET /v1/reminders/unreached';

const Listed = listOf(Unreached);

/** Days, both inclusive, in the API's format. */
interface Days {
  readonly from: string;
  readonly to: string;
}

/** The people whom no message reached on some days; not whole when there are more series than one page reads. */
interface CallList {
  readonly items: readonly z.output<typeof Unreached>[];
  readonly isWhole: boolean;
}

/** The pages of the API that one page of the console reads, each with the maximum number of series. */
const [MOST_PAGES, LIMIT] = [20, '500'];

/** Lists everybody to call in those days, soonest first. */
async function callList(
  visit: Visit,
  { from, to }: Days,
  more: Readonly<Record<string, string>> = {},
): Promise<CallList> {
  const items: z.output<typeof Unreached>[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { ...more, from, to, limit: LIMIT, ...(after === null ? {} : { after }) };
    const found: z.output<typeof Listed> = await visit.ask(UNREACHED, Listed, { query });
    items.push(...found.items);
    after = found.next;
    if (after === null) break;
  }
  return { items: items.toSorted((one, other) => momentOf(one) - momentOf(other)), isWhole: after === null };
}

/** An entry without a moment of its own comes last. */
const momentOf = ({ startsAt, refuseBy }: z.output<typeof Unreached>): number => {
  const at = startsAt ?? refuseBy;
  return at == null ? Number.MAX_SAFE_INTEGER : Date.parse(at);
};

/** Days examined before the page says that nobody is to be called. */
const DAYS_AHEAD = 14;

/** Shows the people to phone from today to the next working day, or on the requested days. */
async function toCall(visit: Visit): Promise<void> {
  const { home } = visit.caller;
  const today = visit.parts.api.clock.now().setZone(home.timeZone);
  const [from, to] = [visit.asked('from'), visit.asked('to')];
  const territories = home.territory.split('+').filter((word) => isTerritory(word));
  const usual = {
    from: dayOf(today),
    to: dayOf(nextWorkingDay(today, { territories, goodFriday: undefined })),
  };
  const days = { from: from ?? to ?? usual.from, to: to ?? from ?? usual.to };
  if (days.to < days.from)
    throw new Refusal('INVALID_REQUEST', {
      errors: [{ in: 'query', pointer: '/to', message: 'not before from' }],
    });
  const list = await callList(visit, days);
  const isUsual = from === undefined && to === undefined;
  const later =
    isUsual && list.items.length === 0
      ? await laterList(visit, { from: usual.from, to: dayOf(today.plus({ days: DAYS_AHEAD })) })
      : undefined;
  visit.show(toCallPage(readingOf(visit), { ...days, list, later }));
}

const laterList = async (visit: Visit, days: Days): Promise<CallList & Days> => ({
  ...days,
  ...(await callList(visit, days)),
});

/** A person whom no message reached. */
type UnreachedSeen = Pick<
  z.output<typeof Unreached>,
  'seriesId' | 'externalId' | 'startsAt' | 'refuseBy' | 'practice' | 'phone' | 'because'
>;

interface CallListSeen {
  /** Soonest first. */
  readonly items: readonly UnreachedSeen[];
  /** True when every booking of those days was examined. */
  readonly isWhole: boolean;
}

/** A list is for people; later entries are counted only. */
const MOST_ROWS = 500;

/** The page of people to phone, with reasons; it is made to be printed. */
function toCallPage(
  reading: Reading,
  {
    from,
    to,
    list,
    later,
  }: Days & {
    readonly list: CallListSeen;
    /** The days that follow, where nobody is to be called in the usual ones. */
    readonly later: (CallListSeen & Days) | undefined;
  },
): ConsolePage {
  const words = wordsIn(reading.language).consolePages.toCall;
  const shown = later ?? list;
  const columns = [words.when, words.phone, words.practice, words.reference, words.why].map((head) => ({
    head,
  }));
  const rows = shown.items.slice(0, MOST_ROWS).map((one) => rowOf(one, reading));
  const rest = shown.items.length - rows.length;
  return {
    title: words.title,
    main: html`<p>${words.lead}</p>
<form method="get" action="/console/to-call" class="acts">${field({ name: 'from', label: words.from, type: 'date', value: from })}${field({ name: 'to', label: words.to, type: 'date', value: to })}<button>${words.show}</button></form>
${shown.isWhole ? '' : html`<p class="alert">${words.partly}</p>`}
${later === undefined || rows.length === 0 ? '' : html`<p class="note">${nobodyUntil(to, reading)}. ${words.following} ${momentIn(later.to, reading)}.</p>`}
${tableOf({ caption: words.title, columns, rows, empty: emptySaid({ from, to }, { later, isWhole: shown.isWhole, reading }) })}
${rest === 0 ? '' : html`<p class="note">${words.rest} ${figureIn(rest, reading.language)}.</p>`}`,
  };
}

const nobodyUntil = (to: string, reading: Reading): string =>
  `${wordsIn(reading.language).consolePages.toCall.nobody} ${wordsIn(reading.language).consolePages.toCall.until} ${momentSaid(to, reading)}`;

/** Only days that were examined completely, as far ahead as usual, are reported as done. */
function emptySaid(
  { from, to }: Days,
  {
    later,
    isWhole,
    reading,
  }: { readonly later: Days | undefined; readonly isWhole: boolean; readonly reading: Reading },
): string {
  const words = wordsIn(reading.language).consolePages.toCall;
  const colon = wordsIn(reading.language).punctuation.colonEnd;
  if (later !== undefined && isWhole)
    return `${nobodyUntil(later.to, reading)}${colon} ${words.everyoneNotified}`;
  const days = [words.from, momentSaid(from, reading), words.to, momentSaid(to, reading)].join(' ');
  return `${words.nobody}, ${days.charAt(0).toLowerCase()}${days.slice(1)}.`;
}

function rowOf(one: UnreachedSeen, reading: Reading): readonly Part[] {
  const { seriesId, externalId, startsAt, refuseBy, practice, phone, because } = one;
  return [
    momentIn(startsAt ?? refuseBy, reading),
    phoneCell(phone, reading.language),
    practice ?? '–',
    html`<a href="/console/series/${seriesId}">${externalId ?? '–'}</a>`,
    because.text,
  ];
}

/** A masked number calls nobody. */
function phoneCell(phone: string | null, language: Language): Part {
  if (phone === null) return '–';
  if (!/^\+\d+$/.test(phone)) return phone;
  return html`<a href="tel:${phone}" aria-label="${wordsIn(language).consolePages.toCall.call} ${phone}">${phone}</a>`;
}
