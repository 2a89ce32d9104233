import { DateTime } from 'luxon';
import { calendarOfSeries } from './calendar-page.ts';
import { seriesListPage, seriesPage, type SeriesWord } from './series-page.ts';
import { cancelSeriesAsked } from './sure-words.ts';
import { SeriesShown } from '../api/bookings/booking-schema.ts';
import { SeriesAlone } from '../api/bookings/series.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import { callList, toCall, UNREACHED } from './to-call.ts';
import type { Visit } from './visit.ts';
import { listOf } from '../server/schema.ts';

const ORDERS: Readonly<Record<string, readonly SeriesWord[]>> = {
  open: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
};

/** Whom to phone, and series with their steps. */
export const reminderPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/to-call', work: toCall },
  { method: 'get', path: '/series', work: list },
  { method: 'get', path: '/series/calendar', work: calendar },
  { method: 'get', path: '/series/:id', work: one },
  { method: 'post', path: '/series/:id/:order', from: '/series/:id', work: ordering },
];

const dayOf = (at: DateTime): string => at.toISODate() ?? '';

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
  visit.show(calendarOfSeries(readingOf(visit), { month, items, toCall: toCallIn, isWhole: next === null }));
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

async function one(visit: Visit): Promise<void> {
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
