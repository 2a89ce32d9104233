import { DateTime, type DurationLike } from 'luxon';
import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { DayOrInstant } from '../api/bookings/booking-schema.ts';

/** A requested period: a date is a whole local day, the last one included; an instant is itself. */
export const PeriodAsked = z.strictObject({ from: DayOrInstant.optional(), to: DayOrInstant.optional() });

/** A period as ISO instants, its end exclusive. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Resolves a period in a tenant's zone: by default the latest one of that length. */
export function periodMeant(
  { from, to }: z.output<typeof PeriodAsked>,
  usual: { readonly now: DateTime<true>; readonly timeZone: string; readonly lasts: DurationLike },
): Period {
  const { now, timeZone, lasts } = usual;
  const until = to === undefined ? now : meant(to, timeZone, { days: 1 });
  const since = from === undefined ? until.minus(lasts) : meant(from, timeZone, {});
  if (since >= until) throw new Refusal('DATE_INVALID');
  return { from: since.toUTC().toISO() ?? '', to: until.toUTC().toISO() ?? '' };
}

const DATE_LENGTH = 10;

const meant = (text: string, zone: string, further: DurationLike): DateTime =>
  text.length > DATE_LENGTH
    ? DateTime.fromISO(text)
    : DateTime.fromISO(text, { zone }).startOf('day').plus(further);
