import { DAY_MS, isInCalendar } from '../calendar/day-number.ts';
import { stretchOn, type Stretch } from './open-day.ts';
import type { Conditions } from './timing-rule.ts';

/** No territory is closed for so long; who passes it finds no hour common to several zones. */
const MOST_DAYS = 400;
const MINUTE_MS = 60_000;

/** Somewhere on Earth the date differs by one from that of UTC. */
const dateAround = (ms: number): number => Math.floor(ms / DAY_MS);

/** The window that holds a moment, or the next one; none beyond the calendar. */
export function windowFrom(ms: number, conditions: Conditions): Stretch | undefined {
  const first = dateAround(ms) - 1;
  for (let day = first; day < first + MOST_DAYS; day += 1) {
    if (isInCalendar(day)) {
      const stretch = stretchOn(day, conditions);
      if (ms < stretch.closes) return stretch;
    }
  }
  return undefined;
}

/** The first open moment from `ms` on; none beyond the calendar. */
export function nextOpening(ms: number, conditions: Conditions): number | undefined {
  const window = windowFrom(ms, conditions);
  return window && Math.max(ms, window.opens);
}

/** `ms` when open, else the last whole open minute before it; none before the calendar. */
export function lastOpening(ms: number, conditions: Conditions): number | undefined {
  const last = dateAround(ms) + 1;
  for (let day = last; day > last - MOST_DAYS; day -= 1) {
    if (isInCalendar(day)) {
      const { opens, closes } = stretchOn(day, conditions);
      if (ms >= opens) return ms < closes ? ms : lastMinuteBefore(closes);
    }
  }
  return undefined;
}

const lastMinuteBefore = (closes: number): number => Math.floor((closes - 1) / MINUTE_MS) * MINUTE_MS;
