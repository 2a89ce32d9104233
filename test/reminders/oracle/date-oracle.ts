/**
 * When reminders leave, a second time: minute by minute, on the wall clocks of those who receive them.
 *
 * It shares no code with `src`. A wall minute counts minutes since 1 January 1970 as if it were UTC.
 */
const DAY = 1_440;
const OPENS = 8 * 60;
const CLOSES = 20 * 60;

/** An oracle's answer for one step: a wall time `YYYY-MM-DDTHH:MM`, or the code of a skipped step. */
export type Said = string;

/** Days of rest, `YYYY-MM-DD`, besides Sundays. */
export type RestDays = ReadonlySet<string>;

/** The wall minute of `YYYY-MM-DDTHH:MM`. */
const minuteOf = (wall: string): number => Date.parse(`${wall}:00Z`) / 60_000;

const wallOf = (minute: number): string => new Date(minute * 60_000).toISOString().slice(0, 16);
const dateOf = (minute: number): string => wallOf(minute).slice(0, 10);

/** Says whether a wall minute is open. */
export function isOpen(minute: number, rest: RestDays): boolean {
  const date = new Date(minute * 60_000);
  const ofDay = minute % DAY;
  return date.getUTCDay() !== 0 && !rest.has(dateOf(minute)) && ofDay >= OPENS && ofDay < CLOSES;
}

/** Returns the date some months earlier; a shorter month gives its last day. */
function monthsBefore(on: string, months: number): string {
  const [year = 0, month = 0, day = 0] = on.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 - months, 1));
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(day, days)))
    .toISOString()
    .slice(0, 10);
}

/** The last open minute at or before `wanted`, the same hour of its day when that is open; not before `floor`. */
function back(wanted: number, floor: number, rest: RestDays): number | undefined {
  for (let minute = wanted; minute >= floor; minute -= 1) {
    if (!isOpen(minute, rest)) continue;
    const sameHour = Math.floor(minute / DAY) * DAY + (wanted % DAY);
    return sameHour <= minute && sameHour >= floor && isOpen(sameHour, rest) ? sameHour : minute;
  }
  return undefined;
}

/** The first open minute at ten from `from` on, before `until`. */
function nextTen(from: number, until: number, rest: RestDays): number | undefined {
  for (let minute = from; minute < until; minute += 1)
    if (minute % DAY === 600 && isOpen(minute, rest)) return minute;
  return undefined;
}

/** A wish of one event; minutes of walls. */
interface Wish {
  readonly wanted: number;
  readonly event: number;
  readonly now: number;
  readonly rest: RestDays;
}

/** Whether a minute leaves half of what was left at `began`, and two hours, or half of a lead below four. */
function helps(minute: number, began: number, { wanted, event }: Wish): boolean {
  const least = Math.min(120, (event - wanted) / 2);
  return (event - minute) * 2 >= event - began && event - minute >= least;
}

/** The opening of its day for a wish before it, else a minute before the wish. */
function onTime(wish: Wish): number | undefined {
  const { wanted, now, rest } = wish;
  const floor = now + 5;
  if (wanted < floor) return undefined;
  if (isOpen(wanted, rest)) return wanted;
  const opening = Math.floor(wanted / DAY) * DAY + OPENS;
  if (wanted < opening && isOpen(opening, rest) && helps(opening, wanted, wish)) return opening;
  return back(wanted, floor, rest);
}

/** The next open minute for what was booked too late. */
function late(wish: Wish): number | undefined {
  const { event, now, rest } = wish;
  for (let minute = now + 5; minute < event; minute += 1)
    if (isOpen(minute, rest)) return helps(minute, now, wish) ? minute : undefined;
  return undefined;
}

const said = (minute: number | undefined): Said => (minute === undefined ? 'LATE_BOOKING' : wallOf(minute));

/** Booked at `now`: the reminder of an appointment, wished two days before at the same hour. */
export function appointmentSaid(startsAt: string, now: string, rest: RestDays): Said {
  const event = minuteOf(startsAt);
  const wish = { wanted: event - 2 * DAY, event, now: minuteOf(now), rest };
  return said(onTime(wish) ?? late(wish));
}

/** Filed at `now`: the one reminder of a contract that renews, wished two months before its last day to refuse. */
export function renewalSaid(refuseBy: string, now: string, rest: RestDays): Said {
  const floor = minuteOf(now) + 5;
  const first = minuteOf(`${monthsBefore(refuseBy, 3)}T00:00`);
  const end = minuteOf(`${monthsBefore(refuseBy, 1)}T00:00`) + DAY;
  const wanted = minuteOf(`${monthsBefore(refuseBy, 2)}T10:00`);
  if (minuteOf(`${refuseBy}T00:00`) <= minuteOf(now)) return 'PAST';
  if (minuteOf(now) < end) {
    const inside = wanted >= floor ? back(wanted, Math.max(first, floor), rest) : undefined;
    const at = inside ?? nextTen(Math.max(first, floor), end, rest);
    if (at !== undefined) return wallOf(at);
  }
  const wish = { wanted, event: minuteOf(`${refuseBy}T00:00`), now: minuteOf(now), rest };
  return said(onTime(wish) ?? late(wish));
}

/** Returns the first open minute five minutes after `now`, at which a schedule is sent. */
export function scheduleSaid(now: string, rest: RestDays): Said {
  let minute = minuteOf(now) + 5;
  while (!isOpen(minute, rest)) minute += 1;
  return wallOf(minute);
}

/** Returns the reminder of one instalment, wished three days before; beside a schedule sent now, none is late. */
export function instalmentSaid(dueOn: string, now: string, rest: RestDays): Said {
  const event = minuteOf(`${dueOn}T00:00`) + DAY;
  if (event <= minuteOf(now)) return 'PAST';
  const wish = { wanted: minuteOf(`${dueOn}T10:00`) - 3 * DAY, event, now: minuteOf(now), rest };
  const at = onTime(wish);
  if (at !== undefined) return wallOf(at);
  return late(wish) === undefined ? 'LATE_BOOKING' : 'COLLAPSED';
}
