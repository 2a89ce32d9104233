import { DateTime } from 'luxon';
import type { z } from 'zod';
import { localDate } from '../../rule/index.ts';
import { exclusionWords } from '../../people/index.ts';
import { attributes, html, nothing, type Html } from '../../base/index.ts';
import { stepName } from '../../reminders/index.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';
import { SeriesShown } from '../api/bookings/booking-schema.ts';
import { SeriesAlone } from '../api/bookings/series.ts';
import { listOf } from '../server/schema.ts';
import { costPart } from './campaign-parts.ts';
import {
  actForm,
  figureIn,
  many,
  momentIn,
  onward,
  place as at,
  tableOf,
  type Reading,
} from './page-parts.ts';
import { callList } from './to-do.ts';
import type { ConsoleRoute, Visit } from './visit.ts';

/** The pages of series with their steps. */
export const seriesPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/series', work: list },
  { method: 'get', path: '/series/calendar', work: calendar },
  { method: 'get', path: '/series/:id', work: one },
  { method: 'post', path: '/series/:id/:order', from: '/series/:id', work: ordering },
];

/** The orders that each state allows; the role has to allow them too. */
const ORDERS: Readonly<Record<string, readonly ('pause' | 'resume' | 'cancel')[]>> = {
  open: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
};

const SAID: Readonly<Record<string, Words>> = bilingual.consolePages.seriesStates;

const said = (word: string, language: Language): string => SAID[word]?.[language] ?? word;

async function list(visit: Visit): Promise<void> {
  const days = visit.queryOf('from', 'to');
  const { items, next } = await visit.list('GET /v1/reminder-series', SeriesShown, { query: days });
  const path = Object.keys(days).length === 0 ? '/series' : `/series?${new URLSearchParams(days).toString()}`;
  const { language } = visit;
  const words = wordsIn(language).consolePages.series;
  const rows = items.map(({ id, externalId, kind, state, startsAt, refuseBy }) => [
    html`<a href="/console/series/${id}">${externalId ?? id}</a>`,
    said(kind, language),
    said(state, language),
    momentIn(startsAt ?? refuseBy, visit),
  ]);
  const columns = [words.reference, words.kind, words.state, words.when];
  visit.show({
    title: words.title,
    main: html`<p class="acts"><a class="button" href="/console/series/calendar">${words.calendar}</a></p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward(path, next, language)}`,
  });
}

/** Shows a series, with the wished and the planned moment of each step, and the reason. */
async function one(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/reminder-series/{id}', SeriesAlone, { params });
  const { language } = visit;
  const words = wordsIn(language).consolePages.series;
  const acts = (ORDERS[view.state] ?? [])
    .filter((order) => visit.may(`POST /v1/reminder-series/{id}/${order}`))
    .map((order) => actForm({ action: `/series/${view.id}/${order}`, label: words[order] }));
  const excluded = exclusionWords(view.why ?? '', language);
  const steps = currentSteps(view);
  visit.show({
    title: view.externalId ?? words.title,
    main: html`<p>${said(view.kind, language)} · <strong>${said(view.state, language)}</strong> · ${momentIn(view.startsAt ?? view.refuseBy, visit)}${view.practice !== null && html` · ${view.practice}`}</p>
${!view.sendable && html`<p class="alert">${words.cannot}. ${excluded.why} <strong>${excluded.cure}</strong></p>`}
${answered(view, visit)}
<div class="acts">${acts}</div>
${seriesLine(steps, visit)}
${stepTable(steps, visit)}
${costPart(view.cost, language)}
<p><a href="/console/people/${view.contactId}">${words.person}</a> · <a href="/console/timeline?series=${view.id}">${words.timeline}</a> · <a href="${visit.workflowUrl(view.workflowId)}" rel="noreferrer">${words.temporal}</a></p>`,
  });
}

type Series = z.output<typeof SeriesShown>;
type Step = Series['steps'][number];

const currentSteps = ({ steps, revision }: Series): readonly Step[] =>
  steps.filter((step) => step.revision === revision);

async function ordering(visit: Visit): Promise<void> {
  const [id, order] = [visit.param('id'), visit.param('order')];
  const [name, params] = [`POST /v1/reminder-series/{id}/${order}`, { id }];
  const back = `/series/${encodeURIComponent(id)}`;
  if (order === 'cancel')
    return visit.orderOnceSure(name, { params, back }, async () => {
      const view = await visit.ask('GET /v1/reminder-series/{id}', SeriesShown, { params });
      const planned = currentSteps(view).filter(({ state }) => state === 'planned').length;
      const wasNotified = view.steps.some(({ state }) => state === 'sent');
      const words = wordsIn(visit.language).sure.series;
      return {
        title: words.title({ reference: view.externalId ?? id }),
        lines: [
          many(planned, visit.language, words.willNotLeave),
          words.effect,
          ...(wasNotified ? [words.wasNotified] : []),
        ],
        label: words.label,
      };
    });
  await visit.order(name, { params });
  return visit.goTo(back);
}

/** Renders the person's answer; one on which somebody has to act stands out. */
function answered(
  { confirmedAt, declinedAt, unclearAt, cancellationRequestedAt }: Series,
  reading: Reading,
): Html {
  const { confirmed, declined, unclear, asksToCancel } = wordsIn(reading.language).consolePages.series;
  const line = (kind: 'note' | 'alert', sentence: string, when: string | null): Html =>
    when === null ? nothing : html`<p class="${kind}">${sentence} · ${momentIn(when, reading)}</p>`;
  return html`${[
    line('note', confirmed, confirmedAt),
    line('alert', declined, declinedAt),
    line('alert', asksToCancel, cancellationRequestedAt),
    line('alert', unclear, unclearAt),
  ]}`;
}

function stepTable(steps: readonly Step[], reading: Reading): Html {
  const words = wordsIn(reading.language).consolePages.series;
  const rows = steps.map((step) => [
    stepName(step.step, reading.language),
    momentIn(step.wantedAt, reading),
    momentIn(step.sentAt ?? step.plannedAt, reading),
    said(step.state, reading.language),
    step.because?.text ?? '',
  ]);
  const columns = [words.step, words.wanted, words.planned, words.state, words.why];
  return tableOf({ caption: words.steps, columns, rows, empty: words.none });
}

const [WIDTH, LEFT, RIGHT, ROW, MIDDLE] = [960, 240, 770, 88, 40];
/** The distance below which labels are shifted apart. */
const APART = 190;

/**
 * Draws each step as an arrow from the wished to the planned moment, with the reason; the table beside it has the
 * same content.
 */
function seriesLine(steps: readonly Step[], reading: Reading): Html {
  if (steps.length === 0) return nothing;
  const moments = steps
    .flatMap(({ wantedAt, plannedAt }) => [wantedAt, plannedAt ?? wantedAt])
    .map((moment) => Date.parse(moment));
  const [from, to] = [Math.min(...moments), Math.max(...moments)];
  const xOf = (moment: string): number =>
    from === to ? (LEFT + RIGHT) / 2 : LEFT + ((RIGHT - LEFT) * (Date.parse(moment) - from)) / (to - from);
  const rows = steps.map((step, index) => drawn(step, { xOf, top: index * ROW, reading }));
  return html`<figure class="drawing" tabindex="0"><svg class="line" viewBox="0 0 ${WIDTH} ${steps.length * ROW}" role="img" aria-label="${wordsIn(reading.language).consolePages.seriesLine.picture}">${rows}</svg></figure>`;
}

function drawn(
  { step, wantedAt, plannedAt, because }: Step,
  {
    xOf,
    top,
    reading,
  }: { readonly xOf: (moment: string) => number; readonly top: number; readonly reading: Reading },
): Html {
  const words = wordsIn(reading.language).consolePages.seriesLine;
  const y = top + MIDDLE;
  const dated = (name: string, moment: string): string => `${name} ${shortly(moment, reading)}`;
  const [from, to] = [xOf(wantedAt), xOf(plannedAt ?? wantedAt)];
  const label = html`<text class="step" x="0" y="${y + 4}">${stepName(step, reading.language)}</text><line class="way" x1="190" y1="${y}" x2="${WIDTH}" y2="${y}"/>`;
  const reason =
    because === undefined
      ? ''
      : html`<text class="reason" x="${at((from + to) / 2)}" y="${y + 25}" text-anchor="middle">${reasonOf(because.text)}</text>`;
  if (plannedAt === null)
    return html`${label}${dot(from, y, 'wanted')}${named({ x: from, y, text: dated(words.wanted, wantedAt) })}${reason}`;
  if (from === to)
    return html`${label}${dot(to, y, 'planned')}${named({ x: to, y, text: dated(words.planned, plannedAt) })}${reason}`;
  const lies = Math.abs(from - to) > APART ? 'middle' : from < to ? 'end' : 'start';
  const opposite = { middle: 'middle', end: 'start', start: 'end' } as const;
  return html`${label}${arrow(from, to, y)}${dot(from, y, 'wanted')}${dot(to, y, 'planned')}${named({ x: from, y, text: dated(words.wanted, wantedAt), lies })}${named({ x: to, y, text: dated(words.planned, plannedAt), lies: opposite[lies] })}${reason}`;
}

const dot = (x: number, y: number, kind: 'wanted' | 'planned'): Html =>
  html`<circle class="${kind}" cx="${at(x)}" cy="${y}" r="7"/>`;

/** Draws the label above a dot, shifted when another one is near. */
function named({
  x,
  y,
  text,
  lies = 'middle',
}: {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly lies?: 'start' | 'middle' | 'end';
}): Html {
  const lean = { middle: 0, end: 8, start: -8 }[lies];
  return html`<text x="${at(x + lean)}" y="${y - 15}" text-anchor="${lies}">${text}</text>`;
}

function arrow(wanted: number, planned: number, y: number): Html {
  const [tip, back] = planned < wanted ? [planned + 8, planned + 20] : [planned - 8, planned - 20];
  return html`<line class="moved" x1="${at(wanted)}" y1="${y}" x2="${at(planned)}" y2="${y}"/><polygon class="planned" points="${at(tip)},${y} ${at(back)},${y - 6} ${at(back)},${y + 6}"/>`;
}

/** Returns the text after the last colon; before it are the two moments, which are drawn. */
const reasonOf = (text: string): string => text.split(/:\s+/).at(-1) ?? text;

function shortly(moment: string, { language }: Reading): string {
  const { locale } = wordsIn(language).dates;
  const { format } = wordsIn(language).consolePages.seriesLine;
  return DateTime.fromISO(moment, { setZone: true, locale }).toFormat(format);
}

/** The limit of one answer of the API. */
const MOST_IN_MONTH = '500';

/** Shows a month with its series on the days of their events; series that no message reaches are marked. */
async function calendar(visit: Visit): Promise<void> {
  const { zone } = visit;
  const asked = DateTime.fromFormat(visit.query('month') ?? '', 'yyyy-MM', { zone });
  const month = (asked.isValid ? asked : visit.parts.api.clock.now().setZone(zone)).startOf('month');
  const query = { limit: MOST_IN_MONTH, from: localDate(month), to: localDate(month.endOf('month')) };
  const { items, next } = await visit.ask('GET /v1/reminder-series', listOf(SeriesShown), { query });
  const unreached = await marked(visit, month);
  const words = wordsIn(visit.language).consolePages.calendar;
  const events = eventsByDay(items, visit);
  const weeks = weeksOf(month);
  const lines = weeks.map(
    (week) => html`<tr>${week.map((day) => dayCell(day, { month, events, unreached, reading: visit }))}</tr>`,
  );
  const heads = (weeks[0] ?? []).map(
    (day) => html`<th scope="col">${day.setLocale(words.locale).toFormat('cccc')}</th>`,
  );
  visit.show({
    title: `${words.title} · ${month.setLocale(words.locale).toFormat('LLLL yyyy')}`,
    main: html`<p class="acts">${linkTo(month.minus({ months: 1 }), words.before)}${linkTo(month.plus({ months: 1 }), words.after)}<a class="button" href="/console/series">${words.list}</a></p>
${unreached !== undefined && html`<p class="faint">${words.sign}</p>`}
${next !== null && html`<p class="note">${words.partly}</p>`}
<div class="wide" role="region" aria-label="${words.caption}" tabindex="0"><table class="month"><caption>${words.caption}</caption><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`,
  });
}

/** Returns the ids of the series on the call list from today on; undefined for visitors who may not read it. */
async function marked(visit: Visit, month: DateTime): Promise<ReadonlySet<string> | undefined> {
  if (!visit.may('GET /v1/reminders/unreached')) return undefined;
  const today = visit.parts.api.clock.now().setZone(visit.zone);
  if (month.endOf('month') < today) return new Set();
  const days = { from: localDate(DateTime.max(month, today)), to: localDate(month.endOf('month')) };
  const { items } = await callList(visit, days, { masked: 'true' });
  return new Set(items.map(({ seriesId }) => seriesId));
}

const linkTo = (month: DateTime, label: string): Html =>
  html`<a class="button" href="/console/series/calendar?month=${month.toFormat('yyyy-MM')}">${label}</a>`;

/** Returns the weeks that cover a month, from Monday on. */
function weeksOf(month: DateTime): readonly (readonly DateTime[])[] {
  // In UTC, since only dates count; in another zone luxon would look up the offset of each.
  const first = month.setZone('utc', { keepLocalTime: true }).startOf('week');
  const weeks = Math.ceil((month.weekday - 1 + (month.daysInMonth ?? 31)) / 7);
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (__, day) => first.plus({ days: week * 7 + day })),
  );
}

type EventsByDay = ReadonlyMap<string, readonly { readonly series: Series; readonly moment: DateTime }[]>;

/**
 * Groups events by day. Each moment is computed once, since a month has hundreds of events and forty days for them; a
 * payment plan has several events.
 */
function eventsByDay(items: readonly Series[], { zone }: Reading): EventsByDay {
  const events = items
    .flatMap((series) =>
      [series.startsAt, series.refuseBy, ...(series.instalments ?? []).map(({ dueOn }) => dueOn)].flatMap(
        (date) => (date == null ? [] : [{ series, moment: DateTime.fromISO(date, { zone }) }]),
      ),
    )
    .toSorted((a, b) => a.moment.toMillis() - b.moment.toMillis());
  return Map.groupBy(events, ({ moment }) => localDate(moment));
}

const MOST_A_DAY = 4;

function dayCell(
  day: DateTime,
  {
    month,
    events: all,
    unreached,
    reading,
  }: {
    readonly month: DateTime;
    readonly events: EventsByDay;
    readonly unreached: ReadonlySet<string> | undefined;
    readonly reading: Reading;
  },
): Html {
  const words = wordsIn(reading.language).consolePages.calendar;
  const on = localDate(day);
  const events = all.get(on) ?? [];
  const lines = events.slice(0, MOST_A_DAY).map(({ series, moment }) => {
    const isUnreached = unreached?.has(series.id) === true;
    const hour = series.startsAt === undefined ? '' : `${moment.toFormat(words.hour)} `;
    return html`<li><a href="/console/series/${series.id}"${attributes({ class: isUnreached && 'warned' })}>${isUnreached && '✕ '}${hour + (series.externalId ?? '–')}</a></li>`;
  });
  const rest = events.length - MOST_A_DAY;
  const more =
    rest > 0 &&
    html`<li><a href="/console/series?from=${on}&amp;to=${on}">+${figureIn(rest, reading.language)} ${words.more}</a></li>`;
  const outside = attributes({ class: !on.startsWith(month.toFormat('yyyy-MM')) && 'outside' });
  return html`<td${outside}><time datetime="${on}">${day.day}</time>${events.length === 0 ? '' : html`<ul>${lines}${more}</ul>`}</td>`;
}
