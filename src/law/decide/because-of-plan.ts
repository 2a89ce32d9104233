import type { DateTime } from 'luxon';
import { bilingual, inEachLanguage, type Words } from '../../words/index.ts';
import { becauseOfShift, momentInWords, type Shift, type Told } from './because.ts';
import { reminderHours } from '../chapters/windows.ts';

const words = bilingual.because;

const momentIn = (at: DateTime): Words => inEachLanguage((language) => momentInWords(at, language));

const toldBy = (code: Told['code'], [wanted, at]: readonly [DateTime, DateTime?], rest: Words): Told => ({
  code,
  ruleId: reminderHours.id,
  ...(at === undefined ? {} : { at: at.toString() }),
  text: words.plannedBut({ wanted: momentIn(wanted), rest, ruleId: reminderHours.id }),
});

/** Returns the reason of a lawful moment ahead. */
export const plannedFor = (at: DateTime): Told => ({
  code: 'PLANNED',
  at: at.toString(),
  text: words.planned({ at: momentIn(at) }),
});

/** Returns the reason of a reminder's move, in both languages; undefined when it did not move. */
export function toldOfShift(shift: Shift): Told | undefined {
  const french = becauseOfShift(shift, 'fr');
  if (french === undefined) return undefined;
  return { ...french, text: { fr: french.text, en: becauseOfShift(shift, 'en')?.text ?? french.text } };
}

/** The reason of a wish at or after the event itself. */
export const afterEvent = (wanted: DateTime): Told => toldBy('PAST', [wanted], words.afterEvent);

/** The reason of a reminder booked too late for its wish, which is sent all the same. */
export const leavesLate = (
  wanted: DateTime,
  { at, isAhead }: { readonly at: DateTime; readonly isAhead: boolean },
): Told => {
  const moment = { at: momentIn(at) };
  return toldBy('LATE_BOOKING', [wanted, at], isAhead ? words.closedAndLate(moment) : words.late(moment));
};

/** The reason of a reminder booked too late for its wish, where such reminders are skipped. */
export const lateAndSkipped = (wanted: DateTime): Told =>
  toldBy('LATE_BOOKING', [wanted], words.lateAndSkipped);

/** The reason of a reminder booked so late that the next lawful moment helps nobody. */
export const tooNear = (wanted: DateTime, next: DateTime): Told =>
  toldBy('LATE_BOOKING', [wanted], words.tooNear({ next: momentIn(next) }));

/** The reason of a reminder without a lawful moment before its event. */
export const noneLeft = (wanted: DateTime): Told => toldBy('LATE_BOOKING', [wanted], words.noneLeft);
