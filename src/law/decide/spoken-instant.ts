import type { DateTime } from 'luxon';
import { wordsIn, type Language } from '../../words/index.ts';

/** Words a local moment in full, with its zone: `mardi 30 mars 2027 à 09h30, heure de Paris`. */
export function instantInWords(at: DateTime, language: Language): string {
  const { clocks, inFull, onTheClocks, elsewhere, locale } = wordsIn(language).dates;
  const zone = at.zoneName ?? 'UTC';
  const known: Readonly<Record<string, string>> = clocks;
  const local = at.setLocale(locale);
  const moment = inFull({
    weekday: local.toFormat('cccc'),
    day: local.day,
    month: local.toFormat('LLLL yyyy'),
    hour: local.toFormat(wordsIn(language).dates.hour),
  });
  return onTheClocks({ moment, whose: known[zone] ?? elsewhere({ zone }) });
}
