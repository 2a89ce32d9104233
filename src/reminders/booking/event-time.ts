import { DateTime } from 'luxon';
import { Refusal } from '../../platform/index.ts';
import { hasCalendar, wallTime } from '../../law/index.ts';
import { bilingual } from '../../words/index.ts';

const WRITTEN =
  /^(?<date>\d{4}-\d{2}-\d{2})T(?<time>(?:[01]\d|2[0-3]):[0-5]\d)(?::[0-5]\d(?:\.\d{1,9})?)?(?<offset>Z|[+-]\d{2}:?\d{2})?$/i;

/** A written moment, to be read in a zone. */
export interface WrittenMoment {
  readonly text: string;
  /** The zone given with it, if any. */
  readonly timeZone: string | undefined;
  /** The zone of the place, when none was given. */
  readonly home: string;
  /** JSON pointer, for refusals. */
  readonly pointer: string;
}

/**
 * Returns the moment of a local time, in the zone of its place. Without offset the local time counts, a skipped
 * hour moves forward, a doubled one is its first. With both an offset and a zone they must agree; an instant in UTC
 * alone is shown in the zone of the place.
 */
export function eventTime(written: WrittenMoment): DateTime {
  const { date, time, offset } = WRITTEN.exec(written.text)?.groups ?? {};
  const zone = written.timeZone ?? written.home;
  const day = DateTime.fromISO(date ?? '', { zone });
  if (date === undefined || time === undefined || !day.isValid || !hasCalendar(day.year))
    throw refused(written, 'DATE_INVALID');
  if (offset === undefined) return wallTime(day, time);
  return withOffset(written, { at: `${date}T${time}`, offset, zone });
}

function withOffset(
  written: WrittenMoment,
  { at, offset, zone }: { readonly at: string; readonly offset: string; readonly zone: string },
): DateTime {
  const instant = DateTime.fromISO(`${at}${offset.toUpperCase()}`, { setZone: true });
  const shown = instant.setZone(zone);
  if (!shown.isValid) throw refused(written, 'DATE_INVALID');
  const agrees = shown.offset === instant.offset;
  const isInstantAlone = offset.toUpperCase() === 'Z' && written.timeZone === undefined;
  if (!agrees && !isInstantAlone) throw refused(written, 'TIME_ZONE_CONTRADICTS');
  return shown;
}

const refused = ({ pointer }: WrittenMoment, code: 'DATE_INVALID' | 'TIME_ZONE_CONTRADICTS'): Refusal =>
  new Refusal(code, {
    errors: [
      { in: 'body', pointer, message: code === 'DATE_INVALID' ? 'no such moment' : 'offset and zone differ' },
    ],
  });

/** Refuses a date whose holidays are unknown: none of its hours could be called lawful. */
export function refuseBeyondCalendar(on: string, pointer: string): void {
  if (hasCalendar(Number(on.slice(0, 4)))) return;
  const message = bilingual.booking.beyondCalendar;
  throw new Refusal('DATE_INVALID', { errors: [{ in: 'body', pointer, message }] });
}
