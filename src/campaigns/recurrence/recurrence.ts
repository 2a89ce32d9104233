import { DateTime, Duration } from 'luxon';

/** The recurrence of a campaign, on one wall clock. */
export interface Recurrence {
  /** `P1D`, `P2W`, `P1M`: whole days, weeks or months. */
  readonly every: string;
  /** `YYYY-MM-DD` of the first, from which the others are counted. */
  readonly on: string;
  /** `HH:MM`. */
  readonly at: string;
  /** IANA name. */
  readonly timeZone: string;
  /** The last possible day, `YYYY-MM-DD`. */
  readonly until: string | null;
  /** The validity of each occurrence: ISO 8601 duration; unlimited when null. */
  readonly expiresAfter: string | null;
}

/** More than one outage can cause; beyond, only the last ones are reported. */
const MOST_PASSED = 400;

/** Returns the first occurrence after a moment; undefined after the last. */
export function nextOccurrence(recurrence: Recurrence, after: DateTime): DateTime<true> | undefined {
  const next = occurrence(recurrence, turnsUpTo(recurrence, after));
  return isOver(recurrence, next) ? undefined : next;
}

/** Returns the occurrences after one moment and up to another, in order; the last ones when there are very many. */
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

/** Counts from the first day each time: a month that is too short shortens no other. */
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

/** Counts the occurrences up to that moment. */
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

/** Thrown for a recurrence that no schema would accept. */
class RecurrenceUnreadable extends Error {
  override readonly name = 'RecurrenceUnreadable';
}
