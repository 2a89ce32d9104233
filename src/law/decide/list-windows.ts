import { DateTime } from 'luxon';
import { warningsAt, closuresAt, explainDay, type ExplainedDay, type Remark } from './lawful-moment.ts';
import { dayNumber } from '../calendar/day-number.ts';
import { commonStretches } from './opening.ts';
import { doubts, placesOf, assessInputs } from './decision-inputs.ts';
import { knownZone, type Purpose, localDate, type Locality } from '../../rule/index.ts';
import type { Language } from '../../words/index.ts';
import type { Conditions } from './decision.ts';
import { defaultProfile } from '../profile.ts';

/** A time span for messages; `closesAt` is excluded. */
export interface OpenWindow {
  readonly opensAt: DateTime;
  readonly closesAt: DateTime;
}

/** The place and the period whose windows are listed. */
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
  readonly closed: readonly ExplainedDay[];
  readonly warnings: readonly ExplainedDay[];
}

/** Days of the longest period: ten years. */
const MOST_DAYS = 3_660;

/** Returns every window and every closed day of the local days `from` … `to`, ten years at most. */
export function windows(question: WindowsQuestion): Windows {
  const days = localDays(question).map((day) => describeDay(day, question));
  return {
    windows: days.flatMap(({ open }) => open),
    closed: days.flatMap(({ open, day }) => (open.length === 0 ? [day] : [])),
    warnings: days.flatMap(({ open, day }) => (open.length > 0 && day.because.length > 0 ? [day] : [])),
  };
}

function localDays({ from, to, locality }: WindowsQuestion): readonly DateTime[] {
  const first = from.setZone(knownZone(locality.timeZone)).startOf('day');
  const last = to.setZone(knownZone(locality.timeZone)).endOf('day');
  const days = Math.min(MOST_DAYS, Math.max(0, Math.ceil(last.diff(first, 'days').days)));
  return Array.from({ length: days }, (_, day) => first.plus({ days: day }));
}

interface DayOfWindows {
  readonly open: readonly OpenWindow[];
  readonly day: ExplainedDay;
}

/** Returns the windows of a local day, with the warnings of an open day or the reasons of a closed one. */
function describeDay(day: DateTime, question: WindowsQuestion): DayOfWindows {
  const { language = 'fr', locality } = question;
  const assessment = assessInputs({ ...question, at: day });
  if (assessment.kind === 'doubt') return { open: [], day: explainDay(day, [assessment], language) };
  const places = placesOf(question, assessment.profile);
  const open = commonStretches(dayNumber(day), locality.timeZone, places).map(({ opens, closes }) => ({
    opensAt: DateTime.fromMillis(opens, { zone: day.zone }),
    closesAt: DateTime.fromMillis(closes, { zone: day.zone }),
  }));
  const remarks = open.length > 0 ? atNoon(day, places, warningsAt) : whyClosed(day, places);
  return { open, day: explainDay(day, remarks, language) };
}

function whyClosed(day: DateTime, places: readonly Conditions[]): readonly Remark[] {
  const closures = atNoon(day, places, closuresAt);
  return closures.length > 0 ? closures : [doubts.noCommonHour];
}

/** Returns what the rules say about a date, asked at noon of every place. */
function atNoon(
  day: DateTime,
  places: readonly Conditions[],
  remarksAt: (at: DateTime, place: Conditions) => readonly Remark[],
): readonly Remark[] {
  const noon = day.set({ hour: 12 });
  return places.flatMap((place) =>
    remarksAt(noon.setZone(place.locality.timeZone, { keepLocalTime: true }), place),
  );
}

/**
 * Lists the local days on which a profile has windows and the purpose's default has none, with the reasons of the
 * default.
 */
export function openedDays(
  question: WindowsQuestion & { readonly purpose: Purpose },
): readonly ExplainedDay[] {
  const { purpose, ...period } = question;
  const open = new Set(windows(period).windows.map(({ opensAt }) => localDate(opensAt)));
  const byDefault = {
    ...period,
    profile: defaultProfile(purpose),
    locality: withoutGoodFriday(period.locality),
  };
  return windows(byDefault).closed.filter(({ on }) => open.has(on));
}

function withoutGoodFriday({ goodFriday: _choice, ...place }: Locality): Locality {
  return place;
}
