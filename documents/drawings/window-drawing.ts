import { DateTime } from 'luxon';
import { localityOf, type Territory } from '../../src/rule/territory.ts';
import { windows } from '../../src/law/decide/list-windows.ts';
import { rectangle, sheet, through, words, type Mark } from './drawing.ts';

const PARIS = 'Europe/Paris';
const FROM = DateTime.fromISO('2027-03-25', { zone: PARIS });
const DAYS = 7;
const LEFT = 120;
const DAY_WIDTH = 92;
const TOP = 64;
const ROW = 46;
const PLACES: readonly (readonly [Territory, string])[] = [
  ['FR', 'Paris'],
  ['FR-67', 'Strasbourg'],
  ['RE', 'La Réunion'],
  ['GP', 'Guadeloupe'],
];

const RIGHT = LEFT + DAYS * DAY_WIDTH;
const xOf = (at: DateTime): number => LEFT + at.diff(FROM, 'days').days * DAY_WIDTH;

/** The windows of a week in four places, as the law computes them. */
export function windowDrawing(): string {
  const size = { width: LEFT + DAYS * DAY_WIDTH + 24, height: TOP + PLACES.length * ROW + 38 };
  return sheet(size, 'Open hours of advertising around Easter 2027 in four territories, by Paris time.', [
    words({ x: 20, y: 28 }, 'When an advertisement may leave, around Easter 2027 (hours of Paris)', 'strong'),
    ...heads(),
    ...PLACES.flatMap((place, row) => placeRow(place, TOP + row * ROW)),
    words(
      { x: 20, y: size.height - 14 },
      'Green: open, 08:00 until 20:00 by the clock there. Drawn from src/law.',
      'small faint',
    ),
  ]);
}

function heads(): readonly Mark[] {
  const bottom = TOP + PLACES.length * ROW;
  return Array.from({ length: DAYS }, (_, day) => FROM.plus({ days: day })).flatMap((day) => [
    words(
      { x: xOf(day) + DAY_WIDTH / 2, y: TOP - 12 },
      day.setLocale('en-GB').toFormat('ccc d LLL'),
      'small faint mid',
    ),
    through(
      [
        { x: xOf(day), y: TOP - 4 },
        { x: xOf(day), y: bottom },
      ],
      'line rule',
    ),
  ]);
}

function placeRow([territory, name]: readonly [Territory, string], y: number): readonly Mark[] {
  const locality = localityOf(territory);
  const to = FROM.plus({ days: DAYS - 1 });
  const from = FROM.setZone(locality.timeZone, { keepLocalTime: true });
  const question = {
    profile: 'fr-seed-strict',
    locality,
    from,
    to: to.setZone(locality.timeZone, { keepLocalTime: true }),
    language: 'en',
  } as const;
  const found = windows(question);
  return [
    words({ x: 20, y: y + 22 }, name, 'strong'),
    rectangle({ x: LEFT, y: y + 6, width: DAYS * DAY_WIDTH, height: ROW - 20 }, 'shut'),
    ...found.windows.map(({ opensAt, closesAt }) =>
      rectangle(
        { x: xOf(opensAt), y: y + 6, width: Math.min(RIGHT, xOf(closesAt)) - xOf(opensAt), height: ROW - 20 },
        'open',
      ),
    ),
    ...found.closed.map(({ on, because }) => {
      const noon = DateTime.fromISO(`${on}T12:00`, { zone: PARIS });
      return words({ x: xOf(noon), y: y + 23 }, reason(because[0]?.text ?? ''), 'small faint mid');
    }),
  ];
}

/** Few words: the name of the holiday, or the day. */
const reason = (text: string): string => (text.includes(', ') ? (text.split(', ').at(-1) ?? '') : 'Sunday');
