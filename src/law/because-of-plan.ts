import type { DateTime } from 'luxon';
import { becauseOfShift, momentInWords, type Shift, type Told } from './because.ts';
import type { Language, Words } from './rule.ts';
import { reminderHours } from './chapters/windows.ts';

const planned: Words = { fr: 'Prévu', en: 'Planned' };

/** A sentence in each language; a French semicolon keeps a space before it. */
const inEach = (say: (moment: (at: DateTime) => string, language: Language) => string): Words => ({
  fr: say((at) => momentInWords(at, 'fr'), 'fr'),
  en: say((at) => momentInWords(at, 'en'), 'en'),
});

const toldBy = (code: Told['code'], [wanted, at]: readonly [DateTime, DateTime?], rest: Words): Told => ({
  code,
  ruleId: reminderHours.id,
  ...(at === undefined ? {} : { at: at.toString() }),
  text: inEach(
    (moment, language) =>
      `${planned[language]} ${moment(wanted)}${language === 'fr' ? ' ' : ''}; ${rest[language]} (${reminderHours.id}).`,
  ),
});

/** A lawful moment that lies ahead. */
export const plannedFor = (at: DateTime): Told => ({
  code: 'PLANNED',
  at: at.toString(),
  text: inEach((moment, language) => `${planned[language]} ${moment(at)}.`),
});

/** Why a reminder was moved, in both languages; nothing when it was not. */
export function toldOfShift(shift: Shift): Told | undefined {
  const french = becauseOfShift(shift, 'fr');
  if (french === undefined) return undefined;
  return { ...french, text: { fr: french.text, en: becauseOfShift(shift, 'en')?.text ?? french.text } };
}

/** A wish at or after the event itself. */
export const afterEvent = (wanted: DateTime): Told =>
  toldBy('PAST', [wanted], {
    fr: 'un rappel ne suit jamais son événement',
    en: 'a reminder never follows its event',
  });

/** A reminder booked too late for its wish, which leaves all the same. */
export const leavesLate = (
  wanted: DateTime,
  { at, isAhead }: { readonly at: DateTime; readonly isAhead: boolean },
): Told => {
  const late: Words = isAhead
    ? {
        fr: 'fermé à cette heure, et réservé trop tard pour avancer',
        en: 'closed then, and booked too late to move earlier',
      }
    : { fr: 'réservé trop tard pour cette heure', en: 'booked too late for that hour' };
  const words = inEach((moment) => moment(at));
  return toldBy('LATE_BOOKING', [wanted, at], {
    fr: `${late.fr} : part au prochain moment permis, ${words.fr}`,
    en: `${late.en}: leaves at the next lawful moment, ${words.en}`,
  });
};

/** A reminder booked too late for its wish, where such reminders are skipped. */
export const lateAndSkipped = (wanted: DateTime): Told =>
  toldBy('LATE_BOOKING', [wanted], {
    fr: 'réservé trop tard, et un rappel en retard ne part pas (ifLate: skip)',
    en: 'booked too late, and a late reminder is skipped (ifLate: skip)',
  });

/** A reminder booked so late that the next lawful moment helps nobody. */
export const tooNear = (wanted: DateTime, next: DateTime): Told => {
  const words = inEach((moment) => moment(next));
  return toldBy('LATE_BOOKING', [wanted], {
    fr: `réservé trop tard : le prochain moment permis, ${words.fr}, est trop près de l’événement`,
    en: `booked too late: the next lawful moment, ${words.en}, is too near to the event`,
  });
};

/** A reminder before whose event nothing may leave any more. */
export const noneLeft = (wanted: DateTime): Told =>
  toldBy('LATE_BOOKING', [wanted], {
    fr: 'réservé trop tard : plus aucun moment permis avant l’événement',
    en: 'booked too late: no lawful moment is left before the event',
  });
