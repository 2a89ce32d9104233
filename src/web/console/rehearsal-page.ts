import { DateTime } from 'luxon';
import { isoText } from '../../law/index.ts';
import { html, type Html, nothing } from '../../platform/index.ts';
import type { RehearsalReport } from '../../campaigns/index.ts';
import { exclusionWords } from '../../people/index.ts';
import type { StaleSeen } from './launch-page.ts';
import { figureIn, momentIn, moneyIn, type Reading } from './moment-page.ts';
import { tableOf } from './table-page.ts';
import { territoryIn } from './territory-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import { hatch, place as at } from './hatch-page.ts';

/** The progress of a rehearsal; the number of people is known once they are counted. */
export interface RehearsalProgress {
  readonly weighed: number;
  readonly people: number | null;
}

/** Words the progress of a running rehearsal. */
export function rehearsalUnderWay({ weighed, people }: RehearsalProgress, language: Language): Html {
  const words = wordsIn(language).campaignPages.rehearsal;
  const said =
    people === null ? words.counting : words.running(figureIn(weighed, language), figureIn(people, language));
  return html`<section aria-labelledby="rehearsal"><h2 id="rehearsal">${words.title}</h2>
<p role="status">${said}</p>
</section>`;
}

/** The result of a rehearsal, and whether it still matches the campaign. */
export type RehearsalSeen = Pick<
  RehearsalReport,
  | 'leavesNow'
  | 'held'
  | 'neverLeaves'
  | 'endsBefore'
  | 'excluded'
  | 'parts'
  | 'cost'
  | 'finishesInWindow'
  | 'byTerritory'
> &
  HoursSeen & {
    readonly current: boolean;
    readonly stale: readonly StaleSeen[];
  };

/** Shows which messages would be sent, when, where and at what cost, and the people not served. */
export function rehearsalPart(seen: RehearsalSeen, reading: Reading): Html {
  const { language } = reading;
  const words = wordsIn(language).campaignPages.rehearsal;
  const figures = [
    [words.leaves, figureIn(seen.leavesNow, language)],
    [words.held, figureIn(seen.held, language)],
    [words.never, figureIn(seen.neverLeaves, language)],
    [words.parts, figureIn(seen.parts, language)],
    [words.cost, seen.cost === null ? '–' : moneyIn(seen.cost, reading.language)],
  ];
  return html`<section aria-labelledby="rehearsal"><h2 id="rehearsal">${words.title}</h2>
${seen.current ? '' : html`<p class="alert">${words.stale}</p>`}
<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name ?? ''}</dt><dd>${value ?? ''}</dd></div>`)}</dl>
${timeLeft(seen, reading)}
${hoursPicture(seen, reading)}
${placesOf(seen, reading)}
${excludedOf(seen, language)}
</section>`;
}

function timeLeft({ endsBefore, finishesInWindow }: RehearsalSeen, reading: Reading): Html {
  const words = wordsIn(reading.language).campaignPages.rehearsal;
  if (endsBefore !== null)
    return html`<p class="alert">${words.tooSoon} ${momentIn(endsBefore, reading)}.</p>`;
  return html`<p>${finishesInWindow ? words.finishes : words.late}</p>`;
}

function placesOf({ byTerritory }: RehearsalSeen, reading: Reading): Html {
  const words = wordsIn(reading.language).campaignPages.rehearsal;
  const rows = byTerritory.map((place) => [
    territoryIn(place.territory, reading.language),
    figureIn(place.people, reading.language),
    // Each place reads its own clock.
    momentIn(place.firstDeparture, { ...reading, zone: place.timeZone }),
    momentIn(place.lastDeparture, { ...reading, zone: place.timeZone }),
    place.because?.text ?? '',
  ]);
  const columns = [
    { head: words.territory },
    { head: words.people, isFigure: true },
    { head: words.first },
    { head: words.last },
    { head: words.why },
  ];
  return tableOf({ caption: words.territory, columns, rows, empty: '–' });
}

function excludedOf({ excluded }: RehearsalSeen, language: Language): Html {
  const words = wordsIn(language).campaignPages.rehearsal;
  const rows = Object.entries(excluded).map(([reason, count]) => [
    exclusionWords(reason, language).why,
    figureIn(count, language),
    exclusionWords(reason, language).cure,
  ]);
  const columns = [{ head: words.reason }, { head: words.people, isFigure: true }, { head: words.cure }];
  return tableOf({ caption: words.excluded, columns, rows, empty: words.nobody });
}

/** The places, their open hours, and the expected departures. */
type HoursSeen = Pick<RehearsalReport, 'horizon' | 'byTerritory' | 'rehearsedAt'>;

const [WIDTH, LEFT, TOP, ROW, BAR] = [960, 150, 44, 34, 24];
const MOST_ROWS = 16;
/** A moment is drawn as a line. */
const THINNEST = 3;

interface Axis {
  readonly from: DateTime;
  readonly days: number;
  readonly xOf: (moment: string) => number;
}

/** Draws hours × localities: closed hours are hatched, and departures are drawn at their time. */
function hoursPicture(seen: HoursSeen, reading: Reading): Html {
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

function axisOf({ horizon }: HoursSeen, { zone }: Reading): Axis {
  const from = DateTime.fromISO(horizon.from, { zone }).startOf('day');
  const days = Math.round(DateTime.fromISO(horizon.to, { zone }).endOf('day').diff(from, 'days').days);
  const [start, end] = [from.toMillis(), from.plus({ days }).toMillis()];
  const xOf = (moment: string): number => {
    const share = (Date.parse(moment) - start) / (end - start);
    return LEFT + (WIDTH - LEFT) * Math.min(1, Math.max(0, share));
  };
  return { from, days, xOf };
}

/** The hours that get a label, fewer where there are many days. */
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
  place: HoursSeen['byTerritory'][number],
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

/** Between the first and the last departure, as far as the place is open. */
function departuresOf({
  windows,
  firstDeparture,
  lastDeparture,
}: HoursSeen['byTerritory'][number]): (readonly [string, string])[] {
  if (firstDeparture === null) return [];
  const [first, last] = [Date.parse(firstDeparture), Date.parse(lastDeparture ?? firstDeparture)];
  return windows
    .filter(({ opensAt, closesAt }) => Date.parse(closesAt) > first && Date.parse(opensAt) <= last)
    .map(({ opensAt, closesAt }) => [
      Date.parse(opensAt) < first ? firstDeparture : opensAt,
      Date.parse(closesAt) > last ? (lastDeparture ?? firstDeparture) : closesAt,
    ]);
}

function nowLine({ rehearsedAt, horizon }: HoursSeen, { xOf }: Axis, bottom: number): Html {
  if (Date.parse(rehearsedAt) > Date.parse(horizon.to) + 86_400_000) return nothing;
  const x = at(xOf(rehearsedAt));
  return html`<line class="now" x1="${x}" y1="${TOP - 6}" x2="${x}" y2="${bottom}"/>`;
}

function closedDays({ byTerritory }: HoursSeen, { language }: Reading): Html {
  const words = wordsIn(language).campaignPages.hours;
  const said = byTerritory.flatMap(({ territory, closed }) =>
    closed.map(({ on, because }) => ({
      territory,
      day: DateTime.fromISO(on, { locale: words.locale }).toFormat(words.day),
      why: because
        .map(({ text, ruleId }) => `${text} (${ruleId})`)
        .join(wordsIn(language).punctuation.semicolon),
    })),
  );
  const days = [
    ...Map.groupBy(said, ({ day, why }) => `${day}${wordsIn(language).punctuation.colon}${why}`),
  ].map(
    ([line, places]) =>
      html`<li>${line} <span class="faint">${places.map(({ territory }) => territory).join(', ')}</span></li>`,
  );
  return days.length === 0 ? nothing : html`<h3>${words.closed}</h3><ul>${days}</ul>`;
}
