import { DateTime } from 'luxon';
import type { z } from 'zod';
import { isoText } from '../../rule/index.ts';
import { exclusionWords } from '../../people/index.ts';
import { html, nothing, type Html } from '../../base/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import type { ExamplesShown } from '../api/campaigns/campaign-examples.ts';
import type { RehearsalDone, RehearsalRunning } from '../api/campaigns/rehearsals.ts';
import {
  actForm,
  figureIn,
  hatch,
  momentIn,
  moneyIn,
  phone,
  place as at,
  tableOf,
  territoryIn,
  type Reading,
} from './page-parts.ts';
import type { Visit } from './visit.ts';

/** Renders the progress of a running rehearsal. */
export function rehearsalUnderWay(
  { weighed, people }: z.output<typeof RehearsalRunning>['progress'],
  language: Language,
): Html {
  const words = wordsIn(language).campaignPages.rehearsal;
  const said =
    people === null ? words.counting : words.running(figureIn(weighed, language), figureIn(people, language));
  return html`<section aria-labelledby="rehearsal"><h2 id="rehearsal">${words.title}</h2>
<p role="status">${said}</p>
</section>`;
}

type Rehearsal = z.output<typeof RehearsalDone>;
type Place = Rehearsal['byTerritory'][number];

/**
 * Renders a rehearsal: which messages would be sent, when, where and at what cost, and the people who would not be
 * served.
 */
export function rehearsalPart(seen: Rehearsal, reading: Reading): Html {
  const { language } = reading;
  const words = wordsIn(language).campaignPages.rehearsal;
  const figures = [
    [words.leaves, figureIn(seen.leavesNow, language)],
    [words.held, figureIn(seen.held, language)],
    [words.never, figureIn(seen.neverLeaves, language)],
    [words.parts, figureIn(seen.parts, language)],
    [words.cost, seen.cost === null ? '–' : moneyIn(seen.cost, language)],
  ] as const;
  return html`<section aria-labelledby="rehearsal"><h2 id="rehearsal">${words.title}</h2>
${seen.current ? '' : html`<p class="alert">${words.stale}</p>`}
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${timeLeft(seen, reading)}
${hoursPicture(seen, reading)}
${placesOf(seen, reading)}
${excludedOf(seen, language)}
</section>`;
}

function timeLeft({ endsBefore, finishesInWindow }: Rehearsal, reading: Reading): Html {
  const words = wordsIn(reading.language).campaignPages.rehearsal;
  if (endsBefore !== null)
    return html`<p class="alert">${words.tooSoon} ${momentIn(endsBefore, reading)}.</p>`;
  return html`<p>${finishesInWindow ? words.finishes : words.late}</p>`;
}

function placesOf({ byTerritory }: Rehearsal, reading: Reading): Html {
  const words = wordsIn(reading.language).campaignPages.rehearsal;
  const rows = byTerritory.map((place) => [
    territoryIn(place.territory, reading.language),
    figureIn(place.people, reading.language),
    // In the zone of the place.
    momentIn(place.firstDeparture, { ...reading, zone: place.timeZone }),
    momentIn(place.lastDeparture, { ...reading, zone: place.timeZone }),
    place.because?.text ?? '',
  ]);
  const columns = [words.territory, { figure: words.people }, words.first, words.last, words.why];
  return tableOf({ caption: words.territory, columns, rows, empty: '–' });
}

function excludedOf({ excluded }: Rehearsal, language: Language): Html {
  const words = wordsIn(language).campaignPages.rehearsal;
  const rows = Object.entries(excluded).map(([reason, count]) => {
    const { why, cure } = exclusionWords(reason, language);
    return [why, figureIn(count, language), cure];
  });
  const columns = [words.reason, { figure: words.people }, words.cure];
  return tableOf({ caption: words.excluded, columns, rows, empty: words.nobody });
}

const [WIDTH, LEFT, TOP, ROW, BAR] = [960, 150, 44, 34, 24];
const MOST_ROWS = 16;

/** The width of a moment in the drawing. */
const THINNEST = 3;

interface Axis {
  readonly from: DateTime;
  readonly days: number;
  readonly xOf: (moment: string) => number;
}

/**
 * Draws the hours of each locality: closed hours are hatched, and messages are drawn at the time at which they would
 * be sent.
 */
function hoursPicture(seen: Rehearsal, reading: Reading): Html {
  const words = wordsIn(reading.language).campaignPages.hours;
  const axis = axisOf(seen, reading);
  const places = seen.byTerritory.slice(0, MOST_ROWS);
  if (places.length === 0) return nothing;
  const rest = seen.byTerritory.length - places.length;
  const bottom = TOP + places.length * ROW;
  const rows = places.map((one, index) =>
    rowOf(one, { axis, y: TOP + index * ROW, language: reading.language }),
  );
  return html`<figure class="drawing" tabindex="0"><svg class="hours" viewBox="0 0 ${WIDTH} ${bottom + 4}" role="img" aria-label="${words.title}${wordsIn(reading.language).punctuation.colon}${words.legend}">${hatch('closed')}${daysOf(axis, bottom, reading)}${rows}${nowLine(seen, axis, bottom)}</svg>
<figcaption>${words.legend}${rest > 0 ? ` · +${figureIn(rest, reading.language)} ${words.rest}` : ''}</figcaption></figure>
${closedDays(seen, reading)}`;
}

function axisOf({ horizon }: Rehearsal, { zone }: Reading): Axis {
  const from = DateTime.fromISO(horizon.from, { zone }).startOf('day');
  const days = Math.round(DateTime.fromISO(horizon.to, { zone }).endOf('day').diff(from, 'days').days);
  const [start, end] = [from.toMillis(), from.plus({ days }).toMillis()];
  const xOf = (moment: string): number => {
    const share = (Date.parse(moment) - start) / (end - start);
    return LEFT + (WIDTH - LEFT) * Math.min(1, Math.max(0, share));
  };
  return { from, days, xOf };
}

/** Returns the hours that get a label, fewer when there are many days. */
const hoursShown = (days: number): readonly number[] =>
  days > 4 ? [12] : days > 2 ? [8, 20] : [8, 12, 16, 20];

function daysOf({ from, days, xOf }: Axis, bottom: number, { language }: Reading): readonly Html[] {
  const words = wordsIn(language).campaignPages.hours;
  return Array.from({ length: days }, (_, day) => {
    const start = from.plus({ days: day });
    const x = xOf(isoText(start));
    const name = start.setLocale(words.locale).toFormat(words.day);
    const hours = hoursShown(days).map((hour) => {
      const tick = xOf(isoText(start.set({ hour })));
      return html`<line class="tick" x1="${at(tick)}" y1="${TOP - 6}" x2="${at(tick)}" y2="${bottom}"/><text class="hour" x="${at(tick)}" y="${TOP - 9}" text-anchor="middle">${hour}h</text>`;
    });
    return html`${hours}<line class="day" x1="${at(x)}" y1="6" x2="${at(x)}" y2="${bottom}"/><text x="${at(x + 6)}" y="16">${name}</text>`;
  });
}

function rowOf(
  place: Place,
  { axis, y, language }: { readonly axis: Axis; readonly y: number; readonly language: Language },
): Html {
  const box = (kind: string, [opens, closes]: readonly [string, string]): Html => {
    const [left, right] = [axis.xOf(opens), axis.xOf(closes)];
    return html`<rect class="${kind}" x="${at(left)}" y="${y}" width="${at(Math.max(right - left, kind === 'leaves' ? THINNEST : 0))}" height="${BAR}"/>`;
  };
  const open = place.windows.map(({ opensAt, closesAt }) => box('open', [opensAt, closesAt]));
  const leaves = departuresOf(place).map((stretch) => box('leaves', stretch));
  const label = html`<text x="0" y="${y + 16}">${place.territory}</text><text class="count" x="${LEFT - 12}" y="${y + 16}" text-anchor="end">${figureIn(place.people, language)}</text>`;
  return html`${label}<rect x="${LEFT}" y="${y}" width="${WIDTH - LEFT}" height="${BAR}" fill="url(#closed)"/>${open}${leaves}`;
}

/** Returns the open periods of a place between its first and its last message. */
function departuresOf({ windows, firstDeparture, lastDeparture }: Place): (readonly [string, string])[] {
  if (firstDeparture === null) return [];
  const end = lastDeparture ?? firstDeparture;
  const [first, last] = [Date.parse(firstDeparture), Date.parse(end)];
  return windows
    .filter(({ opensAt, closesAt }) => Date.parse(closesAt) > first && Date.parse(opensAt) <= last)
    .map(({ opensAt, closesAt }) => [
      Date.parse(opensAt) < first ? firstDeparture : opensAt,
      Date.parse(closesAt) > last ? end : closesAt,
    ]);
}

function nowLine({ rehearsedAt, horizon }: Rehearsal, { xOf }: Axis, bottom: number): Html {
  if (Date.parse(rehearsedAt) > Date.parse(horizon.to) + 86_400_000) return nothing;
  const x = at(xOf(rehearsedAt));
  return html`<line class="now" x1="${x}" y1="${TOP - 6}" x2="${x}" y2="${bottom}"/>`;
}

function closedDays({ byTerritory }: Rehearsal, { language }: Reading): Html {
  const words = wordsIn(language).campaignPages.hours;
  const { colon, semicolon } = wordsIn(language).punctuation;
  const said = byTerritory.flatMap(({ territory, closed }) =>
    closed.map(({ on, because }) => ({
      territory,
      day: DateTime.fromISO(on, { locale: words.locale }).toFormat(words.day),
      why: because.map(({ text, ruleId }) => `${text} (${ruleId})`).join(semicolon),
    })),
  );
  const days = [...Map.groupBy(said, ({ day, why }) => `${day}${colon}${why}`)].map(
    ([line, places]) =>
      html`<li>${line} <span class="faint">${places.map(({ territory }) => territory).join(', ')}</span></li>`,
  );
  return days.length === 0 ? nothing : html`<h3>${words.closed}</h3><ul>${days}</ul>`;
}

/** Renders the launch button, or what has to be changed when nobody could be written to. */
export function launchPart(
  {
    id,
    stale,
    rehearsed,
    noTimeLeft,
    opened,
  }: {
    readonly id: string;
    readonly stale: Rehearsal['stale'];
    /**
     * Whether the present draft was rehearsed (`lead`), was not (`unrehearsed`), or is being rehearsed
     * (`unfinished`).
     */
    readonly rehearsed: 'lead' | 'unrehearsed' | 'unfinished';
    /** Why nobody could be written to: the campaign's end has passed, or comes before the first lawful moment. */
    readonly noTimeLeft: { readonly why: 'ended' | 'tooSoon'; readonly at: string } | undefined;
    /** Days that the tenant's choices open and the default would close, each with the default's reason. */
    readonly opened: Place['opened'];
  },
  reading: Reading,
): Html {
  const words = wordsIn(reading.language).campaignPages.launch;
  if (noTimeLeft !== undefined)
    return html`<section class="launch" aria-labelledby="launch"><h2 id="launch">${words.title}</h2>
<p class="alert">${words[noTimeLeft.why]} ${momentIn(noTimeLeft.at, reading)}.</p>
<p><a href="/console/campaigns/${id}/edit">${words.mend}</a></p></section>`;
  const form = actForm({
    action: `/campaigns/${id}/launch`,
    label: words.launch,
    isMain: true,
    before: html`${openedPart(opened, reading)}${stale.length === 0 ? '' : acknowledgement(stale, reading)}`,
  });
  return html`<section class="launch" aria-labelledby="launch"><h2 id="launch">${words.title}</h2>
<p>${words[rehearsed]}</p>
${form}</section>`;
}

function openedPart(opened: Place['opened'], { language }: Reading): Html {
  if (opened.length === 0) return nothing;
  const days = opened.map(
    ({ on, because }) =>
      html`<li>${DateTime.fromISO(on, { locale: language }).toLocaleString(DateTime.DATE_HUGE)} · ${because.map(({ text }) => text).join(', ')}</li>`,
  );
  return html`<div class="alert"><p>${wordsIn(language).campaignPages.launch.opened}</p><ul>${days}</ul></div>`;
}

function acknowledgement(stale: Rehearsal['stale'], reading: Reading): Html {
  const words = wordsIn(reading.language).campaignPages.launch;
  const lines = stale.map(
    ({ words: said, trueUntil, count }) =>
      html`<li><q>${said}</q> ${words.after} ${momentIn(trueUntil, reading)} · ${figureIn(count, reading.language)} ${words.late}</li>`,
  );
  return html`<div class="alert"><p id="stale">${words.stale}</p><ul>${lines}</ul><label><input type="checkbox" name="acknowledge" value="STALE_WHEN_HELD" required aria-describedby="stale"> ${words.agree}</label></div>`;
}

type Examples = z.output<typeof ExamplesShown>;

/** Renders the cheapest and the most expensive message side by side, and what makes the second more expensive. */
export function examplesPart(
  seen: Examples,
  {
    id,
    costly,
    visit: { caller, language },
  }: {
    readonly id: string;
    /** Characters that make messages more expensive, with the number of people concerned. */
    readonly costly: Rehearsal['costlyCharacters'];
    readonly visit: Visit;
  },
): Html {
  const words = wordsIn(language).campaignPages.examples;
  const phones = (['cheapest', 'dearest'] as const).flatMap((which) => {
    const example = seen[which];
    if (example === null) return [];
    const title = html`<strong>${words[which]}</strong> · ${example.to}`;
    const signs = example.offenders.map(({ character }) => character);
    return [phone({ ...example, title, sender: seen.sender, costly: signs }, language)];
  });
  const reader =
    caller.role === 'admin' &&
    !seen.clear &&
    actForm({ action: `/campaigns/${id}/examples`, label: words.read });
  const body =
    phones.length === 0
      ? html`<p class="faint">${words.none}</p>`
      : html`<div class="phones">${phones}<div>${dearer(seen, costly, language)}<p class="faint">${seen.clear ? words.onRecord : words.standIn}</p>${reader}</div></div>`;
  return html`<section aria-labelledby="examples"><h2 id="examples">${words.title}</h2>
${body}
<p><a href="/console/campaigns/${id}/edit">${words.edit}</a></p></section>`;
}

function dearer({ text }: Examples, costly: Rehearsal['costlyCharacters'], language: Language): Html {
  const words = wordsIn(language).campaignPages.examples;
  if (costly.length === 0) return html`<p>${words.same}</p>`;
  const lines = costly.map(({ character, people }) => {
    const where = text.normalize('NFC').includes(character) ? words.inText : words.inPeople;
    return html`<li><mark>${character}</mark> ${where}${wordsIn(language).punctuation.colon}${figureIn(people, language)} ${words.people}</li>`;
  });
  return html`<h3>${words.dearer}</h3><ul>${lines}</ul>`;
}
