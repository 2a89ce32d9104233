/**
 * The law a second time, written plainly and from the texts, to contradict the first.
 *
 * It shares no code with `src/law`: minutes of local clocks by Intl, days by counting, Easter by Gauss.
 * A local clock is written in minutes since 1 January 1970, as if it were UTC.
 */
const DAY = 1_440;

/** Zones and days of rest of a place: fixed `MM-DD`, or days after Easter, with the years kept. */
export interface Place {
  /** More than one where nobody knows which: it must be open in each. */
  readonly zones: readonly string[];
  readonly days: readonly (readonly [when: string | number, from?: number, until?: number])[];
  readonly moon?: true;
}

const NATIONAL: Place['days'] = [
  ['01-01'],
  [1],
  ['05-01'],
  ['05-08'],
  [39],
  [50],
  ['07-14'],
  ['08-15'],
  ['11-01'],
  ['11-11'],
  ['12-25'],
];
const place = (zones: string | readonly string[], ...days: Place['days'][number][]): Place => ({
  zones: typeof zones === 'string' ? [zones] : zones,
  days: [...NATIONAL, ...days],
});

const POLYNESIA: Place['days'] = [['03-05'], [-2], ['06-29', 0, 2025], ['11-20', 2026]];
const ANTILLES: readonly Place['days'][] = [
  [['05-27'], ['07-21'], [-2], [-24]],
  [['05-27'], ['05-28', 2018]],
  [['10-09'], [-2]],
];

/** Fifteen places, by the texts and, where these disagree, by the union; then islands, and numbers that tell no island. */
export const PLACES: Readonly<Record<string, Place>> = {
  FR: place('Europe/Paris'),
  'FR-57': place('Europe/Paris', [-2], ['12-26']),
  'FR-67': place('Europe/Paris', [-2], ['12-26']),
  'FR-68': place('Europe/Paris', [-2], ['12-26']),
  GP: place('America/Guadeloupe', ...(ANTILLES[0] ?? [])),
  MF: place('America/Marigot', ...(ANTILLES[1] ?? [])),
  BL: place('America/St_Barthelemy', ...(ANTILLES[2] ?? [])),
  MQ: place('America/Martinique', ['05-22'], ['07-21'], [-2]),
  GF: place('America/Cayenne', ['06-10']),
  RE: place('Indian/Reunion', ['12-20']),
  YT: { ...place('Indian/Mayotte', ['04-27']), moon: true },
  PM: place('America/Miquelon'),
  NC: place('Pacific/Noumea', ['09-24']),
  PF: place(['Pacific/Tahiti', 'Pacific/Marquesas', 'Pacific/Gambier'], ...POLYNESIA),
  WF: place('Pacific/Wallis', ['04-28'], ['06-29'], ['07-29']),
  98714: place('Pacific/Tahiti', ...POLYNESIA),
  98742: place('Pacific/Marquesas', ...POLYNESIA),
  98755: place('Pacific/Gambier', ...POLYNESIA),
  '+590690001122': place('America/Guadeloupe', ...ANTILLES.flat()),
  '+68987123456': place(['Pacific/Tahiti', 'Pacific/Marquesas', 'Pacific/Gambier'], ...POLYNESIA),
};

/** 1 January 1970 was a Thursday. */
const isSunday = (day: number): boolean => (day + 4) % 7 === 0;

const dayOf = (year: number, month: number, date: number): number =>
  Date.UTC(year, month - 1, date) / 86_400_000;

/** Easter Sunday by the rule of Gauss, with his two exceptions; 1900 to 2099. */
export function gaussEaster(year: number): number {
  const d = (19 * (year % 19) + 24) % 30;
  const e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + 5) % 7;
  const march = 22 + d + e;
  const exception = (d === 29 && e === 6) || (d === 28 && e === 6 && year % 19 > 10);
  return dayOf(year, 3, exception ? march - 7 : march);
}

const moonDay = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura-nu-latn', {
  day: 'numeric',
  month: 'numeric',
  timeZone: 'UTC',
});
const MOON_DAYS = new Set(['3/12', '7/27', '10/1', '12/10']);

/** Eid al-Fitr, Eid al-Adha, the Prophet’s birth and ascent: as the moon table gives them, a day before or a day after. */
const isMoonDay = (day: number): boolean =>
  [day - 1, day, day + 1].some((near) => {
    const written = moonDay.format(near * 86_400_000).split(/[/ ]/);
    return MOON_DAYS.has(`${written[0]}/${written[1]}`);
  });

/** Every closed day of a place in the years from `first` to `last`, Sundays too. */
export function closedDays({ days, moon }: Place, first: number, last: number): Set<number> {
  const closed = new Set<number>();
  for (let year = first; year <= last; year += 1) {
    for (const [when, from = 0, until = 9_999] of days) {
      if (year < from || year > until) continue;
      if (typeof when === 'number') closed.add(gaussEaster(year) + when);
      else closed.add(dayOf(year, Number(when.slice(0, 2)), Number(when.slice(3))));
    }
    for (let day = dayOf(year, 1, 1); day < dayOf(year + 1, 1, 1); day += 1)
      if (isSunday(day) || (moon && isMoonDay(day))) closed.add(day);
  }
  return closed;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  clocks.set(zone, made);
  return made;
}

/** What a clock on the wall shows at an instant, in minutes. */
export function shownMinute(zone: string, ms: number): number {
  const shown = clockOf(zone).format(ms);
  const [, date, month, year, hour, minute] = /(\d+)\/(\d+)\/(\d+), (\d+):(\d+)/.exec(shown) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(date), Number(hour), Number(minute)) / 60_000;
}

const DAY_MS = DAY * 60_000;
const HALF_HOUR_MS = 1_800_000;

/** How far a wall is ahead of UTC, in minutes. */
export const ahead = (zone: string, ms: number): number => shownMinute(zone, ms) - ms / 60_000;

/** Every half hour of a stretch with the minutes on the walls; clocks are read twice a day, or always when they move. */
function* walls(
  zones: readonly string[],
  from: number,
  to: number,
): Generator<readonly [ms: number, minutes: readonly number[]]> {
  for (let day = from; day < to; day += DAY_MS) {
    const here = zones.map((zone) => {
      const offset = ahead(zone, day);
      return { zone, offset, moves: ahead(zone, day + DAY_MS) !== offset };
    });
    for (let ms = day; ms < day + DAY_MS; ms += HALF_HOUR_MS)
      yield [
        ms,
        here.map(({ zone, offset, moves }) => (moves ? shownMinute(zone, ms) : ms / 60_000 + offset)),
      ];
  }
}

/** One half hour: whether it is open, and the open instants around it. */
export interface HalfHour {
  readonly ms: number;
  readonly open: boolean;
  /** The first open instant from it on: the same one when open. */
  readonly nextMs: number;
  /** The last whole open minute up to it: the same one when open. */
  readonly lastMs: number;
}

/** Nothing is closed for so long. */
const FORTNIGHT_MS = 14 * DAY_MS;

/** Every half hour of a place from one year to another. */
export function halfHours(where: Place, first: number, last: number): readonly HalfHour[] {
  const closed = closedDays(where, first - 1, last + 1);
  const [from, to] = [Date.UTC(first, 0, 1), Date.UTC(last + 1, 0, 1)];
  const moments: { ms: number; open: boolean; nextMs: number; lastMs: number }[] = [];
  let lastMs = Number.NaN;
  for (const [ms, minutes] of walls(where.zones, from - FORTNIGHT_MS, to + FORTNIGHT_MS)) {
    const open = minutes.every(
      (minute) => !closed.has(Math.floor(minute / DAY)) && minute % DAY >= 480 && minute % DAY < 1_200,
    );
    moments.push({ ms, open, nextMs: Number.NaN, lastMs: open ? ms : lastMs });
    if (open) lastMs = ms + HALF_HOUR_MS - 60_000;
  }
  let nextMs = Number.NaN;
  for (const moment of moments.toReversed()) {
    if (moment.open) nextMs = moment.ms;
    moment.nextMs = nextMs;
  }
  return moments.filter(({ ms }) => ms >= from && ms < to);
}
