import { DateTime } from 'luxon';
import { bilingual, wordsIn, type Language } from '../../words/index.ts';

/** A moment as a recipient reads it. */
interface ShownMoment {
  readonly weekday: string;
  readonly date: string;
  readonly time: string;
}

const WEEKDAYS: Readonly<Record<Language, readonly string[]>> = bilingual.dates.weekdays;

/** The year is shown beyond this: a day and a month alone could be read as another year's. */
const YEAR_SHOWN_BEYOND = { months: 11 };

/** The presentation of a moment: zone, language, time of reading. */
export interface MomentView {
  /** IANA zone of the place where it happens. */
  readonly zone: string;
  /** The time at which the person reads it. */
  readonly now: DateTime;
  readonly language: Language;
}

/** Shows a moment in a zone: `jeu.`, `12/08`, `14h30`. */
export function showMoment(at: DateTime, view: MomentView): ShownMoment {
  const local = at.setZone(view.zone);
  return {
    weekday: weekdayOf(local, view.language),
    date: shortDate(local, view),
    time: showTime(local, view.language),
  };
}

/** Shows a calendar date (`YYYY-MM-DD`), with its year when it is more than eleven months away. */
export function showDate(on: string, view: MomentView): string {
  return shortDate(DateTime.fromISO(on, { zone: view.zone }), view);
}

const weekdayOf = (local: DateTime, language: Language): string =>
  WEEKDAYS[language][local.weekday - 1] ?? '';

/** Months stay in figures: « août » is not in GSM-7. */
function shortDate(local: DateTime, { now, zone }: MomentView): string {
  const today = now.setZone(zone).startOf('day');
  const day = local.startOf('day');
  const isFar = day > today.plus(YEAR_SHOWN_BEYOND) || day < today.minus(YEAR_SHOWN_BEYOND);
  return local.toFormat(isFar ? 'dd/MM/yyyy' : 'dd/MM');
}

/** `14h30`, `8h05`; `14:30` in English. */
function showTime(local: DateTime, language: Language): string {
  return local.toFormat(wordsIn(language).dates.shortHour);
}
