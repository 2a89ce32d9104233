import { DateTime } from 'luxon';
import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** TZ-02: local times are computed in the zone of the place, with that date's offset. */
export const wallTimeFirst: Rule = {
  id: 'TZ-02',
  title: { fr: 'Heure locale calculée à la date visée', en: 'Local time computed at the date meant' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'L’heure au mur d’abord, l’instant ensuite. Une heure sautée passe à la suivante ; une heure doublée compte à sa première fois.',
    en: 'Wall time first, then the instant. A skipped hour moves forward; a doubled hour counts at its first time.',
  },
  parameters: { skipped: 'forward', doubled: 'first' },
};

/** The instant at which clocks of `day`'s zone show `HH:MM` on that date; 24:00 is the next midnight. */
export function wallTime(day: DateTime, time: string): DateTime {
  const hour = Number(time.slice(0, 2));
  const minute = Number(time.slice(3, 5));
  if (hour === 24) return day.startOf('day').plus({ days: 1 }).startOf('day');
  const { year, month, day: date } = day;
  const shown = DateTime.fromObject({ year, month, day: date, hour, minute }, { zone: day.zone });
  return shown.getPossibleOffsets()[0] ?? shown;
}
