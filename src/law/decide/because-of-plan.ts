import type { DateTime } from 'luxon';
import { bilingual, inEachLanguage, type Words } from '../../words/index.ts';
import { becauseOfShift, momentInWords, type Shift, type BilingualBecause } from './because.ts';
import { reminderHours } from '../chapters/windows.ts';

const words = bilingual.because;

const momentIn = (at: DateTime): Words => inEachLanguage((language) => momentInWords(at, language));

const movedBecause = (
  code: BilingualBecause['code'],
  [wanted, at]: readonly [DateTime, DateTime?],
  rest: Words,
): BilingualBecause => ({
  code,
  ruleId: reminderHours.id,
  ...(at === undefined ? {} : { at: at.toString() }),
  text: words.plannedBut({ wanted: momentIn(wanted), rest, ruleId: reminderHours.id }),
});

/** Returns the reason of a lawful moment ahead. */
export const plannedBecause = (at: DateTime): BilingualBecause => ({
  code: 'PLANNED',
  at: at.toString(),
  text: words.planned({ at: momentIn(at) }),
});

/** Returns the reason of a reminder's move, in both languages; undefined when it did not move. */
export function bilingualBecauseOfShift(shift: Shift): BilingualBecause | undefined {
  const french = becauseOfShift(shift, 'fr');
  if (french === undefined) return undefined;
  return { ...french, text: { fr: french.text, en: becauseOfShift(shift, 'en')?.text ?? french.text } };
}

/** The reason of a wish at or after the event itself. */
export const afterEvent = (wanted: DateTime): BilingualBecause =>
  movedBecause('PAST', [wanted], words.afterEvent);

/** The reason of a reminder booked too late for its wish, which is sent all the same. */
export const leavesLate = (
  wanted: DateTime,
  { at, isAhead }: { readonly at: DateTime; readonly isAhead: boolean },
): BilingualBecause => {
  const moment = { at: momentIn(at) };
  return movedBecause(
    'LATE_BOOKING',
    [wanted, at],
    isAhead ? words.closedAndLate(moment) : words.late(moment),
  );
};

/** The reason of a reminder booked too late for its wish, where such reminders are skipped. */
export const lateAndSkipped = (wanted: DateTime): BilingualBecause =>
  movedBecause('LATE_BOOKING', [wanted], words.lateAndSkipped);

/** The reason of a reminder booked so late that the next lawful moment helps nobody. */
export const tooNear = (wanted: DateTime, next: DateTime): BilingualBecause =>
  movedBecause('LATE_BOOKING', [wanted], words.tooNear({ next: momentIn(next) }));

/** The reason of a reminder without a lawful moment before its event. */
export const noneLeft = (wanted: DateTime): BilingualBecause =>
  movedBecause('LATE_BOOKING', [wanted], words.noneLeft);
