import type { DateTime, ToISOTimeOptions } from 'luxon';

/** Returns the local date, `YYYY-MM-DD`; throws where the moment is impossible. */
export function localDate(at: DateTime): string {
  return written(at, at.toISODate());
}

/** A moment as ISO 8601, in its own zone; throws where it is impossible. */
export function isoText(at: DateTime, options?: ToISOTimeOptions): string {
  return written(at, at.toISO(options));
}

function written(at: DateTime, text: string | null): string {
  if (text === null) throw new ImpossibleMoment(at.invalidExplanation ?? 'no moment');
  return text;
}

/** A moment that no calendar has; whoever takes one from outside checks it first. */
class ImpossibleMoment extends RangeError {
  override readonly name = 'ImpossibleMoment';
}
