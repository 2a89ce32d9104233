import { DAY_MS, isInCalendar, dayAt, type DayNumber, yearOf } from '../calendar/day-number.ts';
import type { Conditions, Direction } from './decision.ts';
import { wallTime } from '../chapters/recipient.ts';
import { DateTime } from 'luxon';
import { closuresAt, earliest, latest } from './lawful-moment.ts';
import { territoriesOf } from '../../rule/index.ts';

/** The open hours of a local day, in milliseconds; closed from `closes` on. Both are NaN when the day is closed. */
interface OpenStretch {
  readonly opens: number;
  readonly closes: number;
}

const CLOSED: OpenStretch = { opens: Number.NaN, closes: Number.NaN };

/** About 15 MB when full: a year holds 366 stretches. */
const MOST_YEARS = 512;

/** The stretches of a year, by place, profile, margin and date of the rules; the oldest entry is evicted. */
const years = new Map<string, Map<DayNumber, OpenStretch>>();

/** Returns the open stretch of a local day, computed once and then cached. */
function stretchOn(day: DayNumber, conditions: Conditions): OpenStretch {
  const days = daysOf(yearOf(day), conditions);
  const known = days.get(day);
  if (known) return known;
  const stretch = readStretch(day, conditions);
  days.set(day, stretch);
  return stretch;
}

function daysOf(
  year: number,
  { profile, locality, marginMs, rulesOn = '' }: Conditions,
): Map<DayNumber, OpenStretch> {
  const place = `${territoriesOf(locality).join('+')} ${locality.timeZone} ${locality.goodFriday ?? ''}`;
  const key = `${place} ${profile.id} ${marginMs ?? ''} ${rulesOn} ${year}`;
  const known = years.get(key);
  if (known) return known;
  if (years.size >= MOST_YEARS) years.delete(years.keys().next().value ?? '');
  const days = new Map<DayNumber, OpenStretch>();
  years.set(key, days);
  return days;
}

function readStretch(day: DayNumber, conditions: Conditions): OpenStretch {
  const opens = opensOn(dayAt(day, conditions.locality.timeZone), conditions);
  return opens ? { opens: opens.toMillis(), closes: closeAfter(opens, conditions).toMillis() } : CLOSED;
}

/** Returns the first moment of a local day that every rule allows. */
function opensOn(midnight: DateTime, conditions: Conditions): DateTime | undefined {
  const tomorrow = wallTime(midnight, '24:00');
  let at = midnight;
  while (at < tomorrow) {
    const closures = closuresAt(at, conditions);
    if (closures.length === 0) return at;
    at = latest(at, closures);
  }
  return undefined;
}

/** Returns the close of the window around `at`, at the latest the midnight that ends its day. */
export function closeAfter(at: DateTime, conditions: Conditions): DateTime {
  let close = wallTime(at, '24:00');
  for (;;) {
    const closures = closuresAt(close.minus({ milliseconds: 1 }), conditions);
    if (closures.length === 0) return close;
    close = earliest(close, closures);
  }
}

/** Rounds after which several zones are taken to have no common open hour. */
const MOST_ROUNDS = 400;

/** Days that are searched for a window: no territory is closed for so long. */
const MOST_DAYS = 400;
const MINUTE_MS = 60_000;

/** Returns the date in UTC; the local date differs from it by one day at most. */
const utcDateOf = (ms: number): number => Math.floor(ms / DAY_MS);

/** Returns the window around a moment, or the next one; undefined outside the calendar. */
function windowFrom(ms: number, conditions: Conditions): OpenStretch | undefined {
  const first = utcDateOf(ms) - 1;
  for (let day = first; day < first + MOST_DAYS; day += 1) {
    if (isInCalendar(day)) {
      const stretch = stretchOn(day, conditions);
      if (ms < stretch.closes) return stretch;
    }
  }
  return undefined;
}

function nextOpening(ms: number, conditions: Conditions): number | undefined {
  const window = windowFrom(ms, conditions);
  return window && Math.max(ms, window.opens);
}

/** Returns `ms` when open, else the last whole open minute before it; undefined before the calendar. */
function lastOpening(ms: number, conditions: Conditions): number | undefined {
  const last = utcDateOf(ms) + 1;
  for (let day = last; day > last - MOST_DAYS; day -= 1) {
    if (isInCalendar(day)) {
      const { opens, closes } = stretchOn(day, conditions);
      if (ms >= opens) return ms < closes ? ms : lastMinuteBefore(closes);
    }
  }
  return undefined;
}

const lastMinuteBefore = (closes: number): number => Math.floor((closes - 1) / MINUTE_MS) * MINUTE_MS;

/** Returns the stretch around a moment that is open in every possible place of the person, if it is open. */
export function commonWindow(ms: number, places: readonly Conditions[]): OpenStretch | undefined {
  let opens = Number.NEGATIVE_INFINITY;
  let closes = Number.POSITIVE_INFINITY;
  for (const place of places) {
    const window = windowFrom(ms, place);
    if (!window || ms < window.opens) return undefined;
    opens = Math.max(opens, window.opens);
    closes = Math.min(closes, window.closes);
  }
  return { opens, closes };
}

/** Returns the parts of a local day that are open in every possible place of the person. */
export function commonStretches(
  day: DayNumber,
  timeZone: string,
  places: readonly Conditions[],
): readonly OpenStretch[] {
  const midnight = dayAt(day, timeZone);
  const whole = { opens: midnight.toMillis(), closes: wallTime(midnight, '24:00').toMillis() };
  return places.reduce<readonly OpenStretch[]>(
    (open, place) =>
      open.flatMap((part) => datesAround(day).flatMap((date) => overlap(part, stretchOn(date, place)))),
    [whole],
  );
}

/** Returns the dates that a local day may overlap elsewhere: two places on Earth are at most 26 hours apart. */
const datesAround = (day: DayNumber): readonly DayNumber[] =>
  [day - 2, day - 1, day, day + 1, day + 2].filter((date) => isInCalendar(date));

function overlap(one: OpenStretch, other: OpenStretch): readonly OpenStretch[] {
  const opens = Math.max(one.opens, other.opens);
  const closes = Math.min(one.closes, other.closes);
  return opens < closes ? [{ opens, closes }] : [];
}

/** Returns the next, or last, moment that is open in every place; undefined when they never agree. */
export function commonOpening(
  ms: number,
  places: readonly Conditions[],
  direction: Direction,
): number | undefined {
  const move = direction === 'later' ? nextOpening : lastOpening;
  let moment = ms;
  for (let round = MOST_ROUNDS; round > 0; round -= 1) {
    const before = moment;
    for (const place of places) {
      const moved = move(moment, place);
      if (moved === undefined) return undefined;
      moment = moved;
    }
    if (moment === before) return moment;
  }
  return undefined;
}
