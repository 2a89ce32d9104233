import { localDate } from './calendar/local-date.ts';
import type { DateTime } from 'luxon';
import { premisesOf } from './doubt.ts';
import { barsAt, closeAfter, nextLawful } from './lawful-moment.ts';
import type { Bar, Conditions, Language, Rule } from './rule.ts';
import type { Locality } from './territory.ts';

/** A stretch of time during which messages may leave; `closesAt` is closed. */
export interface OpenWindow {
  readonly opensAt: DateTime;
  readonly closesAt: DateTime;
}

/** A local day on which nothing may leave, and by which rules. */
export interface ClosedDay {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly because: readonly { readonly ruleId: string; readonly title: string; readonly text: string }[];
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
  const opening = nextLawful(day, conditions);
  if (opening && opening.at < day.plus({ days: 1 })) {
    return { opensAt: opening.at, closesAt: closeAfter(opening.at, conditions) };
  }
  const bars = barsAt(day.set({ hour: 12 }), conditions);
  return closedDay(
    day,
    bars.map((bar) => reasonOf(bar, language)),
  );
}

const closedDay = (day: DateTime, because: ClosedDay['because']): ClosedDay => ({
  on: localDate(day),
  because,
});

const reasonOf = (bar: Bar, language: Language): ClosedDay['because'][number] =>
  reason(bar.rule, bar.about[language], language);

const reason = (rule: Rule, text: string, language: Language): ClosedDay['because'][number] => ({
  ruleId: rule.id,
  title: rule.title[language],
  text,
});
