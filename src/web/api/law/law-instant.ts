import type { DateTime } from 'luxon';

/** Prints an instant: offset kept, milliseconds only when there are some. */
export const iso = (at: DateTime): string => at.toISO({ suppressMilliseconds: true }) ?? '';
