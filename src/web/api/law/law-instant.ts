import type { DateTime } from 'luxon';

/** An instant as the law prints it: offset kept, milliseconds only when there are some. */
export const iso = (at: DateTime): string => at.toISO({ suppressMilliseconds: true }) ?? '';
