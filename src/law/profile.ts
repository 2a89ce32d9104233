import { charter2024 } from './profile/charter-2024.ts';
import { charter2026 } from './profile/charter-2026.ts';
import { functionalOpen } from './profile/functional-open.ts';
import { functional } from './profile/functional.ts';
import { seedStrict } from './profile/seed-strict.ts';
import { ultra } from './profile/ultra.ts';
import { dated, type Dated, type Term } from './dated.ts';
import { rowOn, type Confidence, type Level, type Words } from './rule.ts';

/** Wall times `HH:MM`: open at the first, closed from the second on. */
export interface Hours {
  readonly opens: string;
  readonly closes: string;
}

/** How a profile treats a kind of day. */
export type DayPolicy = 'closed' | 'discouraged' | 'open';

/** A set of windows, as data, with the dates on which it may be used. */
export interface Profile extends Term {
  readonly title: Words;
  readonly level: Level;
  readonly source: string;
  readonly confidence: Confidence;
  /** Local date of the reading, `YYYY-MM-DD`. */
  readonly readOn: string;
  /** Whom its hours are for; the rule that formalises them. */
  readonly hoursRule: 'WIN-01' | 'WIN-04';
  readonly weekdays: Hours;
  readonly saturday: Hours;
  readonly sunday: Hours;
  readonly sundays: DayPolicy;
  readonly holidays: DayPolicy;
  /** Days on which the sources disagree. */
  readonly softDays: DayPolicy;
}

/** Every profile; the first is the default of advertising. */
export const profiles: readonly Profile[] = [
  seedStrict,
  charter2024,
  charter2026,
  ultra,
  functional,
  functionalOpen,
];

/** The first row of a profile of that name, if there is one; which row decides depends on the day. */
export function profileNamed(id: string): Profile | undefined {
  return profiles.find((profile) => profile.id === id);
}

/** The row of a profile that stands on a local date, if any does. */
export function profileOn(id: string, on: string): Profile | undefined {
  return rowOn(profiles, id, on);
}

/** The hours of a profile on a weekday, Monday being 1. */
export function hoursOn(profile: Profile, weekday: number): Hours {
  if (weekday === 7) return profile.sunday;
  return weekday === 6 ? profile.saturday : profile.weekdays;
}

/** What a profile says, by the dates of its rows. */
export function byRowOf<T>(profile: Profile, say: (row: Profile) => T): Dated<T> {
  const later = profiles.filter(
    ({ id, inForceFrom }) => id === profile.id && inForceFrom > profile.inForceFrom,
  );
  return dated([profile, say(profile)], ...later.map((row) => [row, say(row)] as const));
}

/** The hours of a profile from Monday to Friday, by the dates of its rows. */
export const hoursByRow = (
  profile: Profile,
): { readonly opens: Dated<string>; readonly closes: Dated<string> } => ({
  opens: byRowOf(profile, ({ weekdays }) => weekdays.opens),
  closes: byRowOf(profile, ({ weekdays }) => weekdays.closes),
});
