import { DateTime } from 'luxon';
import { doubts, type Doubt } from './doubt.ts';

/**
 * Returns the instant of a local time without offset in a zone. A date that does not exist, or an hour that a clock
 * change skips or repeats, is a doubt: a question about one moment must be unambiguous. (Windows themselves never
 * open or close in such an hour.)
 */
export function localMoment(written: string, timeZone: string): DateTime | Doubt {
  const at = DateTime.fromISO(written, { zone: timeZone });
  if (!at.isValid) return doubts.date;
  if (at.toFormat('HH:mm') !== written.slice(11, 16)) return doubts.skippedTime;
  return at.getPossibleOffsets().length > 1 ? doubts.doubledTime : at;
}
