import type { Holiday } from './day.ts';
import { localDate } from './local-date.ts';
import { DateTime } from 'luxon';
import type { Territory } from '../territory.ts';
import { SIGHTING_DAYS } from './sighting.ts';

const SOURCE = 'Mayotte, usage (date calculée, calendrier Umm al-Qura)';

/** Month and day of the Hijri year; name in French and English. */
const rows: Readonly<Record<string, readonly [string, string]>> = {
  '3/12': ['Maoulid', 'Mawlid'],
  '7/27': ['Miradji', 'Isra and Mi’raj'],
  '10/1': ['Id-el-Fitr', 'Eid al-Fitr'],
  '12/10': ['Id-el-Kabir', 'Eid al-Adha'],
};

const hijri = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura', {
  month: 'numeric',
  day: 'numeric',
  timeZone: 'UTC',
});

/** Returns month and day of a bare date in the Hijri year, as `month/day`. */
function hijriDay(day: DateTime): string {
  const parts = hijri.formatToParts(day.toMillis());
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('month')}/${part('day')}`;
}

const SIGHTINGS = SIGHTING_DAYS.map((most) => Array.from({ length: 2 * most + 1 }, (_, days) => days - most));

/**
 * Returns the days that Mayotte keeps by custom, which follow the moon. Read: no text fixes them, the code leaves
 * them to usage, and the moon may be seen a day sooner or later than computed. Hence soft, and each possible day is
 * kept: by the rules of that day, or of `rulesOn`.
 */
export function customaryDays(territory: Territory, year: number, rulesOn?: string): readonly Holiday[] {
  if (territory !== 'YT') return [];
  const first = DateTime.utc(year, 1, 1);
  return Array.from({ length: first.daysInYear ?? 0 }, (_, days) => first.plus({ days })).flatMap((day) =>
    feastsOn(day, rulesOn ?? localDate(day)),
  );
}

/** Returns the feast that a day is, or may turn out to be. */
const feastsOn = (day: DateTime, rulesOn: string): readonly Holiday[] =>
  SIGHTINGS.on(rulesOn).flatMap((days) => {
    const row = rows[hijriDay(day.minus({ days }))];
    if (row === undefined) return [];
    const [name, nameEn] = row;
    const feast = { on: localDate(day), class: 'soft' as const, source: SOURCE };
    return days === 0
      ? [{ ...feast, name, nameEn }]
      : [{ ...feast, name: `${name} (selon la lune)`, nameEn: `${nameEn} (if the moon says so)` }];
  });
