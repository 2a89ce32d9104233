import { Refusal } from '../../platform/index.ts';
import { hasCalendar } from '../../law/index.ts';
import { bilingual } from '../../words/index.ts';

/** Refuses a date whose holidays are unknown: none of its hours could be called lawful. */
export function refuseBeyondCalendar(on: string, pointer: string): void {
  if (hasCalendar(Number(on.slice(0, 4)))) return;
  const message = bilingual.booking.beyondCalendar;
  throw new Refusal('DATE_INVALID', { errors: [{ in: 'body', pointer, message }] });
}
