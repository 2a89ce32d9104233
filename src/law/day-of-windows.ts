import { DateTime } from 'luxon';
import { warningsAt } from './binding.ts';
import { dayNumber } from './calendar/day-number.ts';
import { commonStretches } from './common-opening.ts';
import { doubts } from './doubt.ts';
import { barsAt } from './lawful-moment.ts';
import { placesOf } from './places.ts';
import { premisesOf } from './premises.ts';
import type { Conditions } from './timing-rule.ts';
import { toldDay, type Remark, type ToldDay } from './told-day.ts';
import type { OpenWindow, WindowsQuestion } from './windows.ts';

/** A local day: its windows, and what the rules say of it. */
interface DayOfWindows {
  readonly open: readonly OpenWindow[];
  readonly told: ToldDay;
}

/** The windows of a local day, or why it has none. */
export function dayOfWindows(day: DateTime, question: WindowsQuestion): DayOfWindows {
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

/** What is said of a date at its noon, in every place. */
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
