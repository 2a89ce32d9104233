import { DateTime } from 'luxon';
import { closedDay, reason, reasonOf, type ClosedDay } from './closed-day.ts';
import { dayNumber } from './calendar/day-number.ts';
import { barsAt } from './lawful-moment.ts';
import { stretchOn } from './open-day.ts';
import { premisesOf } from './premises.ts';
import type { Language } from './rule.ts';
import type { Conditions } from './timing-rule.ts';
import type { Locality } from './territory.ts';

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
  readonly marginMs?: number;
  readonly language?: Language;
}

/** The most days that one question covers: ten years. */
const MOST_DAYS = 3_660;

/** Every window and every closed day of the local days `from` … `to`, ten years at most. */
export function windows(question: WindowsQuestion): {
  readonly windows: readonly OpenWindow[];
  readonly closed: readonly ClosedDay[];
} {
  const days = localDays(question).map((day) => dayOf(day, question));
  return {
    windows: days.flatMap((day) => ('opensAt' in day ? [day] : [])),
    closed: days.flatMap((day) => ('opensAt' in day ? [] : [day])),
  };
}

function localDays({ from, to, locality }: WindowsQuestion): readonly DateTime[] {
  const first = from.setZone(locality.timeZone).startOf('day');
  const last = to.setZone(locality.timeZone).endOf('day');
  const days = Math.min(MOST_DAYS, Math.max(0, Math.ceil(last.diff(first, 'days').days)));
  return Array.from({ length: days }, (_, day) => first.plus({ days: day }));
}

function dayOf(day: DateTime, question: WindowsQuestion): OpenWindow | ClosedDay {
  const { language = 'fr', locality, marginMs = 0 } = question;
  const premises = premisesOf({ ...question, at: day });
  if (premises.kind === 'doubt') {
    return closedDay(day, [reason(premises.rule, premises.about[language], language)]);
  }
  const conditions: Conditions = { profile: premises.profile, locality, marginMs };
  const { opens, closes } = stretchOn(dayNumber(day), conditions);
  if (closes > opens) return { opensAt: inZone(opens, day), closesAt: inZone(closes, day) };
  const bars = barsAt(day.set({ hour: 12 }), conditions);
  return closedDay(
    day,
    bars.map((bar) => reasonOf(bar, language)),
  );
}

const inZone = (ms: number, { zone }: DateTime): DateTime => DateTime.fromMillis(ms, { zone });
