import { charter2024 } from './profile/charter-2024.ts';
import { charter2026 } from './profile/charter-2026.ts';
import { functionalOpen } from './profile/functional-open.ts';
import { functional } from './profile/functional.ts';
import type { Hours, Profile } from './profile/hours.ts';
import { seedStrict } from './profile/seed-strict.ts';
import { ultra } from './profile/ultra.ts';
import { dated, type Dated } from './dated.ts';
import { rowOn } from './rule.ts';

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
