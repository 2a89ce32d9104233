import type { DateTime } from 'luxon';

/** Returns the local date, `YYYY-MM-DD`; empty when the moment is invalid. */
export function localDate(at: DateTime): string {
  return at.toISODate() ?? '';
}
