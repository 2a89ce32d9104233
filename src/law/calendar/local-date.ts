import type { DateTime } from 'luxon';

/** The date that a calendar on the wall shows, `YYYY-MM-DD`; empty when the moment is invalid. */
export function localDate(at: DateTime): string {
  return at.toISODate() ?? '';
}
