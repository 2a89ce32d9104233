import { DateTime } from 'luxon';
import { dayAt, yearOf, type DayNumber } from '../calendar/day-number.ts';
import { closuresAt, earliest, latest } from './lawful-moment.ts';
import { territoriesOf } from '../territory.ts';
import type { Conditions } from './timing-rule.ts';
import { wallTime } from '../chapters/recipient.ts';

/** The open hours of a local day, in milliseconds; closed from `closes` on. Both are NaN when the day is closed. */
export interface OpenStretch {
  readonly opens: number;
  readonly closes: number;
}

const CLOSED: OpenStretch = { opens: Number.NaN, closes: Number.NaN };

/** About 15 MB when full: a year holds 366 stretches. */
const MOST_YEARS = 512;

/** Stretches by year, for each place, profile and margin; the oldest entry is evicted. */
const years = new Map<string, Map<DayNumber, OpenStretch>>();

/** Returns the open stretch of a local day, computed once and then cached. */
export function stretchOn(day: DayNumber, conditions: Conditions): OpenStretch {
  const days = daysOf(yearOf(day), conditions);
  const known = days.get(day);
  if (known) return known;
  const read = readStretch(day, conditions);
  days.set(day, read);
  return read;
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

/** Returns the close of the window that holds `at`, at the latest that day's midnight. */
export function closeAfter(at: DateTime, conditions: Conditions): DateTime {
  let close = wallTime(at, '24:00');
  for (;;) {
    const closures = closuresAt(close.minus({ milliseconds: 1 }), conditions);
    if (closures.length === 0) return close;
    close = earliest(close, closures);
  }
}
