import { DateTime } from 'luxon';
import { warningsAt } from './binding.ts';
import { dayNumber } from '../calendar/day-number.ts';
import { commonStretches } from './opening.ts';
import { doubts } from './doubt.ts';
import { knownZone } from './known-zone.ts';
import { barsAt } from './lawful-moment.ts';
import { placesOf } from './places.ts';
import { premisesOf } from './premises.ts';
import type { Language } from '../rule.ts';
import type { Locality } from '../territory.ts';
import type { Conditions } from './timing-rule.ts';
import { toldDay, type ToldDay, type Remark } from './told-day.ts';

/** A time span for messages; `closesAt` is excluded. */
export interface OpenWindow {
  readonly opensAt: DateTime;
  readonly closesAt: DateTime;
}

/** The place and period of a question about windows. */
export interface WindowsQuestion {
  readonly profile: string;
  readonly locality: Locality;
  /** First local day, whole. */
  readonly from: DateTime;
  /** Last local day, whole. */
  readonly to: DateTime;
  readonly marginMs?: number | undefined;
  /** The local date of the rules and profiles, `YYYY-MM-DD`; by default each day's own. */
  readonly rulesOn?: string;
  readonly language?: Language;
}

/** Windows, days without any, and open days that a rule advises against. */
export interface Windows {
  readonly windows: readonly OpenWindow[];
  readonly closed: readonly ToldDay[];
  readonly warnings: readonly ToldDay[];
}

/** The longest period of one question: ten years. */
const MOST_DAYS = 3_660;

/** Returns every window and every closed day of the local days `from` … `to`, ten years at most. */
export function windows(question: WindowsQuestion): Windows {
  const days = localDays(question).map((day) => dayOfWindows(day, question));
  return {
    windows: days.flatMap(({ open }) => open),
    closed: days.flatMap(({ open, told }) => (open.length === 0 ? [told] : [])),
    warnings: days.flatMap(({ open, told }) => (open.length > 0 && told.because.length > 0 ? [told] : [])),
  };
}

function localDays({ from, to, locality }: WindowsQuestion): readonly DateTime[] {
  const first = from.setZone(knownZone(locality.timeZone)).startOf('day');
  const last = to.setZone(knownZone(locality.timeZone)).endOf('day');
  const days = Math.min(MOST_DAYS, Math.max(0, Math.ceil(last.diff(first, 'days').days)));
  return Array.from({ length: days }, (_, day) => first.plus({ days: day }));
}

/** A local day with its windows and the rules' statements. */
interface DayOfWindows {
  readonly open: readonly OpenWindow[];
  readonly told: ToldDay;
}

/** Returns the windows of a local day, or the reason why it has none. */
function dayOfWindows(day: DateTime, question: WindowsQuestion): DayOfWindows {
  const { language = 'fr', locality } = question;
  const premises = premisesOf({ ...question, at: day });
  if (premises.kind === 'doubt') return { open: [], told: toldDay(day, [premises], language) };
  const places = placesOf(question, premises.profile);
  const open = commonStretches(dayNumber(day), locality.timeZone, places).map(({ opens, closes }) => ({
    opensAt: DateTime.fromMillis(opens, { zone: day.zone }),
    closesAt: DateTime.fromMillis(closes, { zone: day.zone }),
  }));
  const remarks = open.length > 0 ? atNoon(day, places, warningsAt) : whyClosed(day, places);
  return { open, told: toldDay(day, remarks, language) };
}

function whyClosed(day: DateTime, places: readonly Conditions[]): readonly Remark[] {
  const bars = atNoon(day, places, barsAt);
  return bars.length > 0 ? bars : [doubts.noCommonHour];
}

/** Returns the statement about a date, taken at noon in every place. */
function atNoon(
  day: DateTime,
  places: readonly Conditions[],
  said: (at: DateTime, place: Conditions) => readonly Remark[],
): readonly Remark[] {
  const noon = day.set({ hour: 12 });
  return places.flatMap((place) =>
    said(noon.setZone(place.locality.timeZone, { keepLocalTime: true }), place),
  );
}
