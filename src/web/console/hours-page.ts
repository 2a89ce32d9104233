import { DateTime } from 'luxon';
import type { RehearsalReport } from '../../campaigns/index.ts';
import { hatch, place as at } from './hatch-page.ts';
import { figureIn, type Reading } from './moment-page.ts';
import { escaped } from '../page/escaped.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** Each place, the hours that the law opens there, and the departures foreseen. */
export type HoursSeen = Pick<RehearsalReport, 'horizon' | 'byTerritory' | 'rehearsedAt'>;

const [WIDTH, LEFT, TOP, ROW, BAR] = [960, 150, 44, 34, 24];
const MOST_ROWS = 16;
/** A moment is seen as a line. */
const THINNEST = 3;

interface Axis {
  readonly from: DateTime;
  readonly days: number;
  readonly xOf: (moment: string) => number;
}

/** Hours × localities: what is closed is hatched, and departures lie where they would leave. */
export function hoursPicture(seen: HoursSeen, reading: Reading): string {
  const words = wordsIn(reading.language).campaignPages.hours;
  const axis = axisOf(seen, reading);
  const places = seen.byTerritory.slice(0, MOST_ROWS);
  if (places.length === 0) return '';
  const rest = seen.byTerritory.length - places.length;
  const bottom = TOP + places.length * ROW;
  const rows = places.map((one, index) =>
    rowOf(one, { axis, y: TOP + index * ROW, language: reading.language }),
  );
  return `<figure class="drawing" tabindex="0"><svg class="hours" viewBox="0 0 ${WIDTH} ${bottom + 4}" role="img" aria-label="${escaped(`${words.title}${wordsIn(reading.language).punctuation.colon}${words.legend}`)}">${hatch('closed')}${daysOf(axis, bottom, reading)}${rows.join('')}${nowLine(seen, axis, bottom)}</svg>
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

/** The hours that are told apart, fewer where there are many days. */
const hoursShown = (days: number): readonly number[] =>
  days > 4 ? [12] : days > 2 ? [8, 20] : [8, 12, 16, 20];

function daysOf({ from, days, xOf }: Axis, bottom: number, { language }: Reading): string {
  const words = wordsIn(language).campaignPages.hours;
  const marks = Array.from({ length: days }, (_, day) => {
    const start = from.plus({ days: day });
    const x = xOf(start.toISO() ?? '');
    const name = escaped(start.setLocale(words.locale).toFormat(words.day));
    const hours = hoursShown(days).map((hour) => {
      const tick = xOf(start.set({ hour }).toISO() ?? '');
      return `<line class="tick" x1="${at(tick)}" y1="${TOP - 6}" x2="${at(tick)}" y2="${bottom}"/><text class="hour" x="${at(tick)}" y="${TOP - 9}" text-anchor="middle">${hour}h</text>`;
    });
    return `${hours.join('')}<line class="day" x1="${at(x)}" y1="6" x2="${at(x)}" y2="${bottom}"/><text x="${at(x + 6)}" y="16">${name}</text>`;
  });
  return marks.join('');
}

function rowOf(
  place: HoursSeen['byTerritory'][number],
  { axis, y, language }: { readonly axis: Axis; readonly y: number; readonly language: Language },
): string {
  const box = (kind: string, [opens, closes]: readonly [string, string]): string => {
    const [left, right] = [axis.xOf(opens), axis.xOf(closes)];
    return `<rect class="${kind}" x="${at(left)}" y="${y}" width="${at(Math.max(right - left, kind === 'leaves' ? THINNEST : 0))}" height="${BAR}"/>`;
  };
  const open = place.windows.map(({ opensAt, closesAt }) => box('open', [opensAt, closesAt]));
  const leaves = departuresOf(place).map((stretch) => box('leaves', stretch));
  const label = `<text x="0" y="${y + 16}">${escaped(place.territory)}</text><text class="count" x="${LEFT - 12}" y="${y + 16}" text-anchor="end">${figureIn(place.people, language)}</text>`;
  return `${label}<rect x="${LEFT}" y="${y}" width="${WIDTH - LEFT}" height="${BAR}" fill="url(#closed)"/>${open.join('')}${leaves.join('')}`;
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

function nowLine({ rehearsedAt, horizon }: HoursSeen, { xOf }: Axis, bottom: number): string {
  if (Date.parse(rehearsedAt) > Date.parse(horizon.to) + 86_400_000) return '';
  const x = at(xOf(rehearsedAt));
  return `<line class="now" x1="${x}" y1="${TOP - 6}" x2="${x}" y2="${bottom}"/>`;
}

function closedDays({ byTerritory }: HoursSeen, { language }: Reading): string {
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
      `<li>${escaped(line)} <span class="faint">${escaped(places.map(({ territory }) => territory).join(', '))}</span></li>`,
  );
  return days.length === 0 ? '' : `<h3>${words.closed}</h3><ul>${days.join('')}</ul>`;
}
