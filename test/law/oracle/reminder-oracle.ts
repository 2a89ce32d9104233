import { ahead, closedDays, PLACES, shownMinute } from './oracle.ts';

/**
 * When a reminder leaves, a second time: from the sentences of WIN-04, on the open half hours of the oracle.
 *
 * It shares no code with `src`. Every window opens and closes at a half hour of UTC.
 */
const MINUTE_MS = 60_000;
const HALF_HOUR_MS = 1_800_000;
const DAY = 1_440;
const DAY_MS = DAY * MINUTE_MS;

/** By zone and day of UTC, how far the wall is ahead; NaN on a day when clocks move. */
const offsets = new Map<string, number>();

/** What a clock on the wall shows at an instant, in minutes; clocks are read at both ends of a day. */
function wallMinute(zone: string, ms: number): number {
  const day = Math.floor(ms / DAY_MS) * DAY_MS;
  const key = `${zone} ${day}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    offset = ahead(zone, day);
    if (offset !== ahead(zone, day + DAY_MS)) offset = Number.NaN;
    offsets.set(key, offset);
  }
  return Number.isNaN(offset) ? shownMinute(zone, ms) : Math.floor(ms / MINUTE_MS) + offset;
}

const FIRST_YEAR = 2026;
const LAST_YEAR = 2035;

/** What is wished, in milliseconds since 1970. */
export interface ReminderWish {
  readonly wanted: number;
  readonly eventAt: number;
  readonly bookedAt: number;
  readonly skipsLate: boolean;
}

/** When it leaves, or the code of why it does not. */
export type ReminderSaid = number | 'LATE_BOOKING' | 'PAST';

/** One place for which the oracle answers. */
export class PlaceOracle {
  readonly zone: string;
  readonly #zones: readonly string[];
  readonly #closed: ReadonlySet<number>;
  readonly #open = new Map<number, boolean>();

  constructor(name: string) {
    const where = PLACES[name];
    const [zone] = where?.zones ?? [];
    if (where === undefined || zone === undefined) throw new Error(`${name} is no place.`);
    this.zone = zone;
    this.#zones = where.zones;
    this.#closed = closedDays(where, FIRST_YEAR - 1, LAST_YEAR + 1);
  }

  /** Whether something may leave at that instant. */
  isOpen(ms: number): boolean {
    const turn = Math.floor(ms / HALF_HOUR_MS);
    const known = this.#open.get(turn);
    if (known !== undefined) return known;
    const open = this.#zones.every((zone) => {
      const minute = wallMinute(zone, turn * HALF_HOUR_MS);
      return !this.#closed.has(Math.floor(minute / DAY)) && minute % DAY >= 480 && minute % DAY < 1_200;
    });
    this.#open.set(turn, open);
    return open;
  }

  /** The first open instant from one on. */
  next(ms: number): number {
    if (this.isOpen(ms)) return ms;
    let at = (Math.floor(ms / HALF_HOUR_MS) + 1) * HALF_HOUR_MS;
    while (!this.isOpen(at)) at += HALF_HOUR_MS;
    return at;
  }

  /** The last whole minute before a closed instant that is open. */
  #last(ms: number): number {
    let at = Math.floor(ms / HALF_HOUR_MS) * HALF_HOUR_MS;
    while (!this.isOpen(at)) at -= HALF_HOUR_MS;
    return at + HALF_HOUR_MS - MINUTE_MS;
  }

  /** The instant at which clocks of the place show a minute; a skipped one moves on, of two the first counts. */
  instantOf(wall: number): number {
    const [before, after] = [wall - DAY, wall + DAY].map(
      (near) => wall - (wallMinute(this.zone, near * MINUTE_MS) - near),
    );
    const shown = [before ?? 0, after ?? 0].filter(
      (minute) => wallMinute(this.zone, minute * MINUTE_MS) === wall,
    );
    return (shown.length === 0 ? (before ?? 0) : Math.min(...shown)) * MINUTE_MS;
  }

  /** What the clocks of the place show, in minutes. */
  wallOf(ms: number): number {
    return wallMinute(this.zone, ms);
  }

  /** When a reminder leaves. */
  said(wish: ReminderWish): ReminderSaid {
    if (wish.wanted >= wish.eventAt) return 'PAST';
    const floor = wish.bookedAt + 5 * MINUTE_MS;
    const inTime = wish.wanted < floor ? undefined : this.#inTime(wish, floor);
    return inTime ?? this.#late(wish, floor);
  }

  #inTime(wish: ReminderWish, floor: number): number | undefined {
    const { wanted } = wish;
    if (this.isOpen(wanted)) return wanted;
    const day = Math.floor(this.wallOf(wanted) / DAY);
    const opening = this.next(wanted);
    if (Math.floor(this.wallOf(opening) / DAY) === day && leavesHalf(opening, wanted, wish)) return opening;
    const last = this.#last(wanted);
    const sameHour = this.instantOf(Math.floor(this.wallOf(last) / DAY) * DAY + (this.wallOf(wanted) % DAY));
    const mayBeSame = sameHour <= last && sameHour >= floor && this.isOpen(sameHour);
    if (mayBeSame) return sameHour;
    return last >= floor ? last : undefined;
  }

  #late(wish: ReminderWish, floor: number): ReminderSaid {
    if (wish.skipsLate) return 'LATE_BOOKING';
    const next = this.next(Math.ceil(floor / MINUTE_MS) * MINUTE_MS);
    return leavesHalf(next, wish.bookedAt, wish) ? next : 'LATE_BOOKING';
  }
}

/** Half of the time since `began` is left, and two hours; of a lead below four hours, half of it. */
function leavesHalf(at: number, began: number, { wanted, eventAt }: ReminderWish): boolean {
  const left = eventAt - at;
  const least = Math.min(120 * MINUTE_MS, (eventAt - wanted) / 2);
  return left > 0 && left * 2 >= eventAt - began && left >= least;
}

/** One case: a place, a wish and what it is for. */
export interface ReminderCase extends ReminderWish {
  readonly place: string;
  readonly purpose: 'appointment' | 'renewal' | 'payment';
  /** ISO 8601. */
  readonly lead: string;
}

// oxfmt-ignore
const LEADS: readonly (readonly [lead: string, days: number, minutes: number])[] = [
  ['PT1H', 0, 60], ['PT2H', 0, 120], ['PT3H', 0, 180], ['PT3H59M', 0, 239], ['PT4H', 0, 240], ['PT6H', 0, 360],
  ['PT24H', 0, 1_440], ['P1D', 1, 0], ['P2D', 2, 0], ['P3D', 3, 0], ['P7D', 7, 0], ['P1DT3H', 1, 180],
];
/** Minutes of a wall: around the opening, the close and midnight; any other half of the time. */
const EDGES = [0, 1, 300, 420, 450, 479, 480, 481, 1_140, 1_199, 1_200, 1_201, 1_320, 1_439];
const PURPOSES = ['appointment', 'renewal', 'payment'] as const;

/** The same cases at every run, from 2026 to 2035: every place, each purpose, wishes at every boundary. */
export function* reminderCases(
  count: number,
  oracleOf: (place: string) => PlaceOracle,
  years: { readonly first: number; readonly last: number } = { first: FIRST_YEAR, last: LAST_YEAR },
): Generator<ReminderCase> {
  let seed = 20_261_129;
  const below = (end: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return Math.floor((seed / 2_147_483_647) * end);
  };
  const names = Object.keys(PLACES);
  const from = Date.UTC(years.first, 0, 20) / 86_400_000;
  const days = Date.UTC(years.last, 11, 1) / 86_400_000 - from;
  for (let turn = 0; turn < count; turn += 1) {
    const place = names[turn % names.length] ?? 'FR';
    const oracle = oracleOf(place);
    const [lead, leadDays, leadMinutes] = LEADS[below(LEADS.length)] ?? ['P1D', 1, 0];
    const minute = below(2) === 0 ? (EDGES[below(EDGES.length)] ?? 0) : below(DAY);
    const wished = (from + below(days)) * DAY + minute;
    // The wish may lie in an hour that clocks skip or show twice: it is counted back from its event again.
    const eventAt = oracle.instantOf(wished + leadDays * DAY + leadMinutes);
    const wanted = oracle.instantOf(oracle.wallOf(eventAt) - leadDays * DAY) - leadMinutes * MINUTE_MS;
    const span = eventAt - wanted;
    const bookings = [
      -30 * DAY,
      -3 * DAY,
      -DAY,
      -below(DAY),
      -6,
      -5,
      -4,
      0,
      Math.floor(span / MINUTE_MS / 4),
      Math.floor(span / MINUTE_MS / 2),
      below(Math.floor(span / MINUTE_MS)),
      Math.floor(span / MINUTE_MS) - 130,
      Math.floor(span / MINUTE_MS) - 126,
    ];
    const bookedAt = Math.min(
      wanted + (bookings[below(bookings.length)] ?? 0) * MINUTE_MS,
      eventAt - MINUTE_MS,
    );
    yield {
      place,
      purpose: PURPOSES[below(PURPOSES.length)] ?? 'payment',
      lead,
      wanted,
      eventAt,
      bookedAt,
      skipsLate: below(8) === 0,
    };
  }
}
