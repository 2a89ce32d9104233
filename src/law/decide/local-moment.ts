import { DateTime } from 'luxon';
import { doubts, type Doubt } from './doubt.ts';

/**
 * The instant at which the clocks of a zone show a written time, without offset.
 *
 * A date that does not exist, or an hour that clocks skip or show twice, is a doubt: whoever asks
 * about one moment must say which. (Windows themselves never open or close in such an hour.)
 */
export function localMoment(written: string, timeZone: string): DateTime | Doubt {
  const at = DateTime.fromISO(written, { zone: timeZone });
  if (!at.isValid) return doubts.date;
  if (at.toFormat('HH:mm') !== written.slice(11, 16)) return doubts.skippedTime;
  return at.getPossibleOffsets().length > 1 ? doubts.doubledTime : at;
}
