import { dayAt, isInCalendar, type DayNumber } from '../calendar/day-number.ts';
import type { Direction } from './decision.ts';
import { stretchOn, type Stretch } from './open-day.ts';
import { lastOpening, nextOpening, windowFrom } from './opening.ts';
import type { Conditions } from './timing-rule.ts';
import { wallTime } from '../chapters/recipient.ts';

/** Zones that agree at no hour for so long never will. */
const MOST_TURNS = 400;

/** The window that holds a moment in every place that the person may be in. */
export function commonWindow(ms: number, places: readonly Conditions[]): Stretch | undefined {
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

/** The parts of a local day that are open in every place that the person may be in. */
export function commonStretches(
  day: DayNumber,
  timeZone: string,
  places: readonly Conditions[],
): readonly Stretch[] {
  const midnight = dayAt(day, timeZone);
  const whole = { opens: midnight.toMillis(), closes: wallTime(midnight, '24:00').toMillis() };
  return places.reduce<readonly Stretch[]>(
    (open, place) =>
      open.flatMap((part) => datesAround(day).flatMap((date) => overlap(part, stretchOn(date, place)))),
    [whole],
  );
}

/** Two places on Earth are at most 26 hours apart. */
const datesAround = (day: DayNumber): readonly DayNumber[] =>
  [day - 2, day - 1, day, day + 1, day + 2].filter((date) => isInCalendar(date));

function overlap(one: Stretch, other: Stretch): readonly Stretch[] {
  const opens = Math.max(one.opens, other.opens);
  const closes = Math.min(one.closes, other.closes);
  return opens < closes ? [{ opens, closes }] : [];
}

/** The next, or last, moment that is open in every place; none when they never agree. */
export function commonOpening(
  ms: number,
  places: readonly Conditions[],
  direction: Direction,
): number | undefined {
  const move = direction === 'later' ? nextOpening : lastOpening;
  let moment = ms;
  for (let turns = MOST_TURNS; turns > 0; turns -= 1) {
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
