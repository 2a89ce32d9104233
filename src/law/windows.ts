import type { DateTime } from 'luxon';
import { dayOfWindows } from './day-of-windows.ts';
import { knownZone } from './known-zone.ts';
import type { Language } from './rule.ts';
import type { Locality } from './territory.ts';
import type { ToldDay } from './told-day.ts';

/** A stretch of time during which messages may leave; `closesAt` is closed. */
export interface OpenWindow {
  readonly opensAt: DateTime;
  readonly closesAt: DateTime;
}

/** Which windows, where, between two moments. */
export interface WindowsQuestion {
  readonly profile: string;
  readonly locality: Locality;
  /** First local day, whole. */
  readonly from: DateTime;
  /** Last local day, whole. */
  readonly to: DateTime;
  readonly marginMs?: number | undefined;
  /** The local date whose rules and profiles decide, `YYYY-MM-DD`; by default each day's own. */
  readonly rulesOn?: string;
  readonly language?: Language;
}

/** Windows, the days that have none, and open days that a rule advises against. */
export interface Windows {
  readonly windows: readonly OpenWindow[];
  readonly closed: readonly ToldDay[];
  readonly warnings: readonly ToldDay[];
}

/** The most days that one question covers: ten years. */
const MOST_DAYS = 3_660;

/** Every window and every closed day of the local days `from` … `to`, ten years at most. */
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
