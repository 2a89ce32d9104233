import { DateTime, Duration } from 'luxon';

/** When a campaign comes again, on one wall clock. */
export interface Recurrence {
  /** `P1D`, `P2W`, `P1M`: whole days, weeks or months. */
  readonly every: string;
  /** `YYYY-MM-DD`, from which the others are counted. */
  readonly on: string;
  /** `HH:MM`. */
  readonly at: string;
  /** IANA name. */
  readonly timeZone: string;
  /** The last day on which it may come, `YYYY-MM-DD`. */
  readonly until: string | null;
  /** How long what each time sends is true: ISO 8601; for ever when null. */
  readonly expiresAfter: string | null;
}

/** More than one outage can bring; beyond, only the last ones are told. */
const MOST_PASSED = 400;

/** The first moment after another; nothing once it is over. */
export function nextOccurrence(recurrence: Recurrence, after: DateTime): DateTime<true> | undefined {
  const next = occurrence(recurrence, turnsUpTo(recurrence, after));
  return isOver(recurrence, next) ? undefined : next;
}

/** The moments after one and up to another, in order; the last ones when there are very many. */
export function passedOccurrences(
  recurrence: Recurrence,
  { after, upTo }: { readonly after: DateTime; readonly upTo: DateTime },
): readonly DateTime<true>[] {
  const end = turnsUpTo(recurrence, upTo);
  const begin = Math.max(turnsUpTo(recurrence, after), end - MOST_PASSED);
  return Array.from({ length: Math.max(0, end - begin) }, (_, turn) =>
    occurrence(recurrence, begin + turn),
  ).filter((moment) => !isOver(recurrence, moment));
}

/** Counted from the first day each time: a month that is too short shortens no other. */
function occurrence({ every, on, at, timeZone }: Recurrence, turn: number): DateTime<true> {
  const { days = 0, weeks = 0, months = 0 } = Duration.fromISO(every).toObject();
  const day = DateTime.fromISO(on, { zone: timeZone }).plus({
    days: days * turn,
    weeks: weeks * turn,
    months: months * turn,
  });
  const moment = DateTime.fromISO(`${day.toFormat('yyyy-MM-dd')}T${at}`, { zone: timeZone });
  if (!moment.isValid) throw new RecurrenceUnreadable(`${on} ${at} ${timeZone}`);
  return moment;
}

/** How many moments have come when that one is over. */
function turnsUpTo(recurrence: Recurrence, upTo: DateTime): number {
  const first = occurrence(recurrence, 0);
  if (upTo < first) return 0;
  const days = upTo.diff(first, 'days').days;
  // A month has 31 days at most, so this is never too many.
  let turns = Math.max(0, Math.floor(days / mostDays(recurrence)) - 1);
  while (occurrence(recurrence, turns) <= upTo) turns += 1;
  return turns;
}

function mostDays({ every }: Recurrence): number {
  const { days = 0, weeks = 0, months = 0 } = Duration.fromISO(every).toObject();
  return days + weeks * 7 + months * 31;
}

const isOver = ({ until }: Recurrence, moment: DateTime): boolean =>
  until !== null && moment.toFormat('yyyy-MM-dd') > until;

/** A recurrence that no schema let through. */
class RecurrenceUnreadable extends Error {
  override readonly name = 'RecurrenceUnreadable';
}
