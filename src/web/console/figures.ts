import { DateTime } from 'luxon';
import type { z } from 'zod';
import { PURPOSES } from '../../company/index.ts';
import { localDate } from '../../rule/index.ts';
import { attributes, html, nothing, type Html } from '../../base/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import { CostsShown, SendsShown } from '../api/messages/figures.ts';
import { monthsPart } from './campaign-parts.ts';
import { field, figureIn, hatch, optionsOf, personWord, place as at, tableOf } from './page-parts.ts';
import type { ConsoleRoute, Visit } from './visit.ts';

/** The page of charts. */
export const figurePages: readonly ConsoleRoute[] = [{ method: 'get', path: '/figures', work: figures }];

const MONTH_LENGTH = 'YYYY-MM'.length;

/** Shows charts: messages sent beside the open hours, deliveries, costs of these months, and delays of STOP. */
async function figures(visit: Visit): Promise<void> {
  const query = visit.queryOf('purpose', 'from', 'to');
  const seen = await visit.ask('GET /v1/reports/sends', SendsShown, { query });
  const { purpose, from, to } = seen;
  const costs = await visit.ask('GET /v1/reports/costs', CostsShown, {
    query: { purpose, from: from.slice(0, MONTH_LENGTH), to: to.slice(0, MONTH_LENGTH) },
  });
  const { language } = visit;
  const words = wordsIn(language).campaignPages.figures;
  // The API refuses other purposes to a marketer.
  const purposes = visit.caller.role === 'marketer' ? ['marketing'] : PURPOSES;
  const options = optionsOf(purposes, (one) => personWord(one, language), purpose);
  visit.show({
    title: words.title,
    main: html`<form method="get" action="/console/figures" class="acts"><div><label for="purpose">${words.purpose}</label> <select id="purpose" name="purpose">${options}</select></div>${field({ name: 'from', label: words.from, type: 'date', value: from })}${field({ name: 'to', label: words.to, type: 'date', value: to })}<button>${words.show}</button></form>
<h2>${words.hours}</h2>
<p class="faint">${words.hoursLead}</p>
${hourPicture(seen, language)}
<h2>${words.deliveries}</h2>
${dayPicture(seen, language)}
${table(seen, language)}
${monthsPart(costs.months, language)}
${stopDelayPart(seen.stopDelay, language)}`,
  });
}

type FiguresSeen = z.output<typeof SendsShown>;

const [LEFT, CELL, HEIGHT, TOP] = [110, 34, 22, 24];
const HOURS = 24;
const SHADES = 4;

function daysBetween({ from, to }: FiguresSeen): readonly DateTime[] {
  const first = DateTime.fromISO(from);
  const days = Math.round(DateTime.fromISO(to).diff(first, 'days').days) + 1;
  return Array.from({ length: days }, (_, day) => first.plus({ days: day }));
}

function dayName(day: DateTime, language: Language): string {
  const { locale, format } = wordsIn(language).campaignPages.figures;
  return day.setLocale(locale).toFormat(format);
}

function hourPicture(seen: FiguresSeen, language: Language): Html {
  const words = wordsIn(language).campaignPages.figures;
  const most = Math.max(1, ...seen.hours.map(({ messages }) => messages));
  const counts = new Map(seen.hours.map((one) => [`${one.on} ${one.hour}`, one.messages]));
  const open = openHours(seen);
  const days = daysBetween(seen);
  const rows = days.map((day, index) => {
    const y = TOP + index * HEIGHT;
    const on = localDate(day);
    const cells = Array.from({ length: HOURS }, (_, hour) => {
      const [x, many] = [LEFT + hour * CELL, counts.get(`${on} ${hour}`) ?? 0];
      const ground = attributes(
        open.has(`${on} ${hour}`) ? { class: 'open' } : { fill: 'url(#closed-hours)' },
      );
      const shade = Math.max(1, Math.ceil(Math.sqrt(many / most) * SHADES));
      const full =
        many === 0
          ? ''
          : html`<rect class="leaves shade-${shade}" x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${HEIGHT - 2}"><title>${dayName(day, language)} ${hour}h${wordsIn(language).punctuation.colon}${figureIn(many, language)}</title></rect>`;
      return html`<rect${ground} x="${x}" y="${y}" width="${CELL}" height="${HEIGHT}"/>${full}`;
    });
    return html`<text x="0" y="${y + 16}">${dayName(day, language)}</text>${cells}`;
  });
  const heads = Array.from({ length: HOURS / 2 }, (_, pair) => {
    const hour = pair * 2;
    return html`<text class="hour" x="${LEFT + hour * CELL}" y="14">${hour}h</text>`;
  });
  const total = seen.hours.reduce((sum, { messages }) => sum + messages, 0);
  const height = TOP + days.length * HEIGHT + 4;
  return html`<figure class="drawing" tabindex="0"><svg class="hours" viewBox="0 0 ${LEFT + HOURS * CELL} ${height}" role="img" aria-label="${words.hours}${wordsIn(language).punctuation.colon}${words.left} ${figureIn(total, language)}">${hatch('closed-hours')}${heads}${rows}</svg></figure>`;
}

/** Returns the hours that are open at least in part, in the zone of the territory. */
function openHours({ windows, timeZone }: FiguresSeen): ReadonlySet<string> {
  const open = new Set<string>();
  for (const { opensAt, closesAt } of windows) {
    const closes = DateTime.fromISO(closesAt, { zone: timeZone });
    let hour = DateTime.fromISO(opensAt, { zone: timeZone }).startOf('hour');
    for (; hour < closes; hour = hour.plus({ hours: 1 })) open.add(`${localDate(hour)} ${hour.hour}`);
  }
  return open;
}

const WIDTH = 926;

function dayPicture(seen: FiguresSeen, language: Language): Html {
  const words = wordsIn(language).campaignPages.figures;
  const byDay = Map.groupBy(seen.hours, ({ on }) => on);
  const days = daysBetween(seen)
    .map((day) => {
      const hours = byDay.get(localDate(day)) ?? [];
      const sum = (name: 'messages' | 'delivered' | 'undelivered'): number =>
        hours.reduce((total, hour) => total + hour[name], 0);
      return { day, left: sum('messages'), delivered: sum('delivered'), undelivered: sum('undelivered') };
    })
    .filter(({ left }) => left > 0);
  if (days.length === 0) return html`<p class="faint">${words.nothing}</p>`;
  const most = Math.max(...days.map(({ left }) => left));
  const rows = days.map(({ day, left, delivered, undelivered }, index) => {
    const y = index * 28 + 4;
    const width = (many: number): number => ((WIDTH - LEFT - 70) * many) / most;
    const [first, second] = [width(delivered), width(undelivered)];
    return html`<text x="0" y="${y + 15}">${dayName(day, language)}</text><rect class="leaves shade-4" x="${LEFT}" y="${y}" width="${at(first)}" height="20"/><rect class="lost" x="${at(LEFT + first)}" y="${y}" width="${at(second)}" height="20"/><rect class="open" x="${at(LEFT + first + second)}" y="${y}" width="${at(width(left - delivered - undelivered))}" height="20"/><text x="${at(LEFT + width(left) + 8)}" y="${y + 15}">${figureIn(left, language)}</text>`;
  });
  const legend = html`<span class="key full"></span> ${words.delivered} <span class="key lost"></span> ${words.undelivered} <span class="key"></span> ${words.waiting}`;
  return html`<figure class="drawing" tabindex="0"><svg class="hours" viewBox="0 0 ${WIDTH} ${days.length * 28 + 6}" role="img" aria-label="${words.deliveries}">${rows}</svg><figcaption>${legend}</figcaption></figure>`;
}

function table(seen: FiguresSeen, language: Language): Html {
  const words = wordsIn(language).campaignPages.figures;
  if (seen.hours.length === 0) return nothing;
  const rows = seen.hours.map(({ on, hour, messages, delivered, undelivered }) => [
    dayName(DateTime.fromISO(on), language),
    `${hour}h`,
    ...[messages, delivered, undelivered].map((many) => figureIn(many, language)),
  ]);
  const figured = [words.left, words.delivered, words.undelivered];
  const columns = [words.day, words.hour, ...figured.map((figure) => ({ figure }))];
  return html`<details><summary>${words.same}</summary>${tableOf({ caption: words.hours, columns, rows, empty: '–' })}</details>`;
}

const [DELAY_LEFT, DELAY_ROW] = [170, 28];

/** Renders a bar chart of the delays, the shortest first; those above an hour are marked. */
function stopDelayPart(seen: FiguresSeen['stopDelay'], language: Language): Html {
  const words = wordsIn(language).campaignPages.stopDelay;
  const head = html`<h2>${words.title}</h2>
<p class="faint">${words.lead}</p>`;
  if (seen.heard === 0) return html`${head}<p class="faint">${words.none}</p>`;
  const most = Math.max(1, ...seen.steps.map(({ stops }) => stops));
  const rows = seen.steps.map(({ withinMs, stops }, index) => {
    const [y, width] = [index * DELAY_ROW + 4, ((WIDTH - DELAY_LEFT - 70) * stops) / most];
    const label = withinMs === null ? words.longer : `${words.within} ${lasting(withinMs, language)}`;
    return html`<text x="0" y="${y + 15}">${label}</text><rect class="${withinMs === null ? 'lost' : 'leaves shade-4'}" x="${DELAY_LEFT}" y="${y}" width="${at(width)}" height="20"/><text x="${at(DELAY_LEFT + width + 8)}" y="${y + 15}">${figureIn(stops, language)}</text>`;
  });
  const delays = ([words.half, words.most, words.longest] as const).map((name, index) => {
    const ms = [seen.p50Ms, seen.p99Ms, seen.maxMs][index];
    return `${name} ${ms == null ? '–' : lasting(ms, language)}`;
  });
  const label = `${words.title}${wordsIn(language).punctuation.colon}${delays.join(', ')}`;
  return html`${head}
<figure class="drawing" tabindex="0"><svg class="hours" viewBox="0 0 ${WIDTH} ${seen.steps.length * DELAY_ROW + 6}" role="img" aria-label="${label}">${rows}</svg><figcaption>${delays.join(' · ')}</figcaption></figure>`;
}

/** Writes a duration in a suitable unit. */
function lasting(ms: number, language: Language): string {
  const words = wordsIn(language).campaignPages.stopDelay;
  const said = (value: number, unit: string): string => `${figureIn(value, language)} ${unit}`;
  if (ms < 1_000) return said(Math.round(ms), words.ms);
  if (ms < 60_000) return said(Math.round(ms / 100) / 10, words.s);
  if (ms < 3_600_000) return said(Math.round(ms / 60_000), words.min);
  return said(Math.round(ms / 360_000) / 10, words.h);
}
